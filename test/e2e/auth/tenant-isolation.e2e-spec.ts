import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount, createProvider } from '../../support/clients/accounts';
import type { ApiClient } from '../../support/clients/api-client';
import { toComparableResponse } from '../../support/comparable-response';
import { guardedOperations } from '../../support/openapi/guarded-operations';

type Ids = Record<'provider_id' | 'model_id' | 'token_id', string>;

const RANDOM_ID = '01936b1e-0000-7000-8000-000000000000';

describe('another account', () => {
  let app: TestApp;
  let other: ApiClient;
  let own: Ids;
  let others: Ids;

  beforeAll(async () => {
    app = await startTestApp();
    other = await createAccount(app);
    [own, others] = [await populate(app.api), await populate(other)];
  });
  afterAll(() => app.stop());

  async function populate(api: ApiClient): Promise<Ids> {
    const { id, modelIds } = await createProvider(api, {}, ['first', 'second']);
    const token = await api.post('/v1/tokens', { name: 'of the account', scopes: ['usage:read'] });
    return { provider_id: id, model_id: modelIds[1]!, token_id: token.body.id };
  }

  it('does not reserve provider names for this account', async () => {
    const name = 'the same name';
    const first = await other.post('/v1/llm-providers', provider(name));
    expect(first.status).toBe(201);
    expect((await app.api.post('/v1/llm-providers', provider(name))).status).toBe(201);
    expect((await app.api.get(`/v1/llm-providers?name=${encodeURIComponent(name)}`)).body).toHaveLength(1);
    const renamed = await createProvider(app.api);
    const elsewhere = await createProvider(other, { name: 'only there' });
    expect((await app.api.patch(`/v1/llm-providers/${renamed.id}`, { name: 'only there' })).status).toBe(200);
    expect((await other.get(`/v1/llm-providers/${elsewhere.id}`)).body.name).toBe('only there');
  });

  it('appears in no list', async () => {
    const lists = guardedOperations().filter(
      ({ method, parameters }) => method === 'GET' && parameters.length === 0,
    );
    expect(lists.length).toBeGreaterThanOrEqual(5);
    for (const { template } of lists) {
      const { text } = await app.api.get(template);
      for (const id of Object.values(others)) expect(text).not.toContain(id);
    }
    const { text } = await other.get('/v1/llm-providers');
    expect(text).not.toContain(own.provider_id);
  });

  it('appears in no resolution, error or price', async () => {
    const [{ selector }] = (await other.get('/v1/selectors')).body;
    const [name, model] = selector.split('^');
    const resolve = (text: string) => app.api.post('/v1/resolve', { selector: text, explain: true });
    for (const rest of [`^${model}`, '^', '^#x']) {
      const foreign = await resolve(`${name}${rest}`);
      expect(foreign).toMatchObject({ status: 404, body: { code: 'routing.no_route' } });
      const unknown = await resolve(`nobody${rest}`);
      expect(foreign.body.detail.replaceAll(name, 'nobody')).toBe(unknown.body.detail);
    }
    for (const unmatched of [model, 'auto', 'no-such^m', 'no-such', '#x', '#']) {
      const { text } = await resolve(unmatched);
      for (const foreign of [name, ...Object.values(others)]) expect(text).not.toContain(foreign);
    }
    const price = async (api: ApiClient, model_id: string) =>
      toComparableResponse(await api.post('/v1/cost', { model_id, usage: { input: 1 } }));
    expect(await price(app.api, others.model_id)).toEqual(await price(app.api, RANDOM_ID));
    expect(await price(other, others.model_id)).toMatchObject({ status: 200 });
  });
});

const provider = (name: string) => ({ name, provider: 'openai', api_key: 'sk-0123456789abcdef' });

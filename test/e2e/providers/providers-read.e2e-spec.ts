import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, Json } from '../../support/clients/api-client';
import {
  withoutRequestIds,
  createClientWith,
  createModel,
  createProvider,
  modelPath,
  createOtherAccount,
  problem,
  providerPath,
} from '../../support/registry/factories';

const MISSING = '0193b3a0-0000-7000-8000-000000000000';

describe('reading and deleting providers', () => {
  let app: TestApp;
  let api: ApiClient;
  const ids = async (query = '') =>
    ((await api.get(`/v1/llm-providers${query}`)).body as Json[]).map(({ id }) => id);

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    api = await createOtherAccount(app);
  });

  describe('GET /v1/llm-providers', () => {
    it('returns an empty array in a new account', async () => {
      const { status, body } = await api.get('/v1/llm-providers');
      expect([status, body]).toEqual([200, []]);
    });

    it('lists all providers of the account with their models, oldest first', async () => {
      const created: Json[] = [];
      for (const provider of ['anthropic', 'openai', 'anthropic']) {
        const { id } = await createProvider(api, { provider });
        await createModel(api, id, { priority: 1 });
        await createModel(api, id, { priority: 2 });
        created.push((await api.get(`/v1/llm-providers/${id}`)).body);
      }
      const { body } = await api.get('/v1/llm-providers');
      expect(body).toEqual(created);
      expect(body.map(({ models }: Json) => models.map(({ priority }: Json) => priority))).toEqual([
        [2, 1],
        [2, 1],
        [2, 1],
      ]);
    });

    it('keeps the order after changes', async () => {
      const first = await createProvider(api);
      const second = await createProvider(api);
      await api.patch(providerPath(first), { name: 'zzz renamed' });
      expect(await ids()).toEqual([first.id, second.id]);
    });

    it('filters by provider', async () => {
      const openai = await createProvider(api, { provider: 'openai' });
      const anthropic = await createProvider(api, { provider: 'anthropic' });
      await createModel(api, anthropic.id);
      expect(await ids('?provider=openai')).toEqual([openai.id]);
      expect(await ids('?provider=anthropic')).toEqual([anthropic.id]);
      const { body } = await api.get('/v1/llm-providers?provider=anthropic');
      expect(body[0].models).toHaveLength(1);
    });

    it('filters by the complete name, ignoring spelling variants', async () => {
      const percent = await createProvider(api, { name: '100% Straße' });
      await createProvider(api, { name: '100 Straßen' });
      expect(await ids(`?name=${encodeURIComponent(' 100% STRASSE ')}`)).toEqual([percent.id]);
      for (const name of ['100%', '%', '_'.repeat(11), '', 'a^b', "' OR 1=1 --", '\0']) {
        expect(await ids(`?name=${encodeURIComponent(name)}`)).toEqual([]);
      }
    });

    it('combines both filters', async () => {
      const { id, name } = await createProvider(api, { provider: 'openai' });
      expect(await ids(`?name=${name}&provider=openai`)).toEqual([id]);
      expect(await ids(`?name=${name}&provider=anthropic`)).toEqual([]);
    });

    it('filters by whether providers are enabled', async () => {
      const on = await createProvider(api);
      const off = await createProvider(api, { enabled: false });
      expect(await ids('?enabled=true')).toEqual([on.id]);
      expect(await ids('?enabled=false')).toEqual([off.id]);
      expect(await ids(`?enabled=false&name=${on.name}`)).toEqual([]);
      expect(await ids()).toEqual([on.id, off.id]);
      await api.patch(providerPath(off), { enabled: true });
      expect(await ids('?enabled=true')).toEqual([on.id, off.id]);
    });

    it.each([
      ['enabled=1', 'query.enabled'],
      ['enabled=', 'query.enabled'],
      ['provider=vertex', 'query.provider'],
      ['provider=', 'query.provider'],
      ['name=a&name=b', 'query.repeated_parameter'],
      ['sort=name', 'query.unknown_parameter'],
      ['toString=1', 'query.unknown_parameter'],
      ['limit=0', 'query.limit'],
      ['limit=201', 'query.limit'],
      ['limit=-1', 'query.limit'],
      ['limit=1.5', 'query.limit'],
      ['limit=1e1', 'query.limit'],
      ['limit=', 'query.limit'],
      ['limit=ten', 'query.limit'],
      ['cursor=', 'query.cursor'],
      ['cursor=AAAA', 'query.cursor'],
    ])('returns 400 for ?%s', async (query, code) => {
      expect(problem(await api.get(`/v1/llm-providers?${query}`))).toEqual({ status: 400, code });
    });

    it('shows no providers of another account', async () => {
      const { name } = await createProvider(app.api);
      expect(await ids()).toEqual([]);
      expect(await ids(`?name=${name}`)).toEqual([]);
    });
  });

  describe('GET /v1/llm-providers/{provider_id}', () => {
    it.each([MISSING, 'nope', '1', '__proto__', '%00', '..%2f..'])('returns 404 for %s', async (id) => {
      expect((await api.get(`/v1/llm-providers/${id}`)).body.code).toBe('llm_providers.not_found');
    });

    it('returns 404 for an id of 8000 characters', async () => {
      expect((await api.get(`/v1/llm-providers/${'a'.repeat(8000)}`)).status).toBe(404);
    });

    it.each(['%', '%zz', '%ff', '%c0%af'])('returns 400 for the broken escape %s', async (id) => {
      const response = await api.get(`/v1/llm-providers/${id}`);
      expect(problem(response)).toEqual({ status: 400, code: 'request.malformed' });
      expect(response.headers.get('x-request-id')).toBe(response.body.trace_id);
    });

    it('returns 404 for the id in upper case', async () => {
      const { id } = await createProvider(api);
      expect((await api.get(`/v1/llm-providers/${id.toUpperCase()}`)).status).toBe(404);
    });

    it('returns the same 404 for a provider of another account as for a missing one', async () => {
      const provider = await createProvider(app.api);
      const [foreign, missing] = [
        await api.get(providerPath(provider)),
        await api.get(`/v1/llm-providers/${MISSING}`),
      ];
      expect(foreign.status).toBe(404);
      expect(withoutRequestIds(foreign)).toEqual(withoutRequestIds(missing));
    });
  });

  it('requires the scope providers:read or providers:write', async () => {
    const provider = await createProvider(app.api);
    for (const scope of ['providers:read', 'providers:write'] as const) {
      const client = await createClientWith(app, [scope]);
      expect((await client.get(providerPath(provider))).status).toBe(200);
    }
    const client = await createClientWith(app, ['usage:read']);
    for (const path of ['/v1/llm-providers', providerPath(provider), `${providerPath(provider)}/models`]) {
      expect((await client.get(path)).status).toBe(403);
    }
  });

  describe('DELETE /v1/llm-providers/{provider_id}', () => {
    it('returns 204 without a body, deletes the models too, and returns 404 the second time', async () => {
      const provider = await createProvider(api);
      const model = await createModel(api, provider.id);
      const other = await createProvider(api);
      await createModel(api, other.id);
      const { status, text } = await api.delete(providerPath(provider));
      expect([status, text]).toEqual([204, '']);
      for (const path of [providerPath(provider), `${providerPath(provider)}/models`, modelPath(model)]) {
        expect((await api.get(path)).status).toBe(404);
      }
      expect((await api.delete(providerPath(provider))).status).toBe(404);
      const orphans = await app.database.query('SELECT id FROM provider_models WHERE provider_id = ?', [
        provider.id,
      ]);
      expect(orphans).toEqual([]);
      expect((await api.get(providerPath(other))).body.models).toHaveLength(1);
    });

    it('makes the name available again', async () => {
      const { id, name } = await createProvider(api);
      await api.delete(`/v1/llm-providers/${id}`);
      expect((await createProvider(api, { name })).id).not.toBe(id);
    });

    it('writes an audit event with the deleted values', async () => {
      const provider = await createProvider(api);
      await createModel(api, provider.id, { model: 'm1' });
      await api.delete(providerPath(provider));
      const { body } = await api.get('/v1/audit-events?limit=1');
      expect(body[0]).toMatchObject({
        action: 'provider.delete',
        resource: { id: provider.id, name: provider.name },
        changes: {
          name: { before: provider.name, after: null },
          models: { before: ['m1'], after: null },
          api_key: { before: '***', after: null },
        },
      });
    });

    it('returns 404 for a provider of another account and deletes nothing', async () => {
      const provider = await createProvider(app.api);
      expect((await api.delete(providerPath(provider))).status).toBe(404);
      expect((await app.api.get(providerPath(provider))).status).toBe(200);
    });
  });
});

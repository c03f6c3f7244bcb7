import { issueToken } from '../../support/clients/accounts';
import { useGateway } from '../../support/gateway/use-gateway';
import { providerPath } from '../../support/registry/factories';

const ANTHROPIC = { 'anthropic-version': '2023-06-01' };
const URL = 'http://127.0.0.1:4399/v1';

describe('GET /v1/models', () => {
  const app = useGateway();

  beforeAll(async () => {
    await app.createTarget(URL, { name: 'main', models: ['gpt', 'mini'], model: { aliases: null } });
    await app.createTarget(URL, {
      name: 'other',
      kind: 'anthropic',
      models: ['gpt'],
      model: { tags: ['x'] },
    });
  });

  const clientOf = async (allowed_selectors?: string[]) => {
    const { token } = await issueToken(app, ['gateway:use'], { allowed_selectors });
    return app.clientWith({ 'x-api-key': token });
  };
  const idsIn = (response: { body: { data: { id: string }[] } }) => response.body.data.map(({ id }) => id);

  it('lists the selectors of all models in the form of OpenAI', async () => {
    const response = await app.gateway.get('/v1/models');
    expect(response.status).toBe(200);
    expect(response.body.object).toBe('list');
    expect(idsIn(response)).toEqual(['gpt', 'mini', 'main^gpt', 'main^mini', 'other^gpt']);
    for (const model of response.body.data)
      expect(model).toEqual({
        id: expect.any(String),
        object: 'model',
        created: expect.any(Number),
        owned_by: expect.stringMatching(/^(main|other)$/),
      });
  });

  it('lists pages in the form of Anthropic', async () => {
    const first = await app.gateway.get('/v1/models?limit=3', ANTHROPIC);
    expect(first.body).toMatchObject({ has_more: true, first_id: 'gpt', last_id: 'main^gpt' });
    expect(first.body.data[0]).toMatchObject({ type: 'model', id: 'gpt', lifecycle: 'active' });
    const next = await app.gateway.get(`/v1/models?after_id=${encodeURIComponent('main^gpt')}`, ANTHROPIC);
    expect([idsIn(next), next.body.has_more]).toEqual([['main^mini', 'other^gpt'], false]);
    const rejected = await app.gateway.get('/v1/models?limit=0', ANTHROPIC);
    expect(rejected).toMatchObject({
      status: 400,
      body: { type: 'error', error: { type: 'invalid_request_error' } },
    });
  });

  it('filters by ?provider=, and ignores parameters that it does not know', async () => {
    expect(idsIn(await app.gateway.get('/v1/models?provider=Other&x=y'))).toEqual(['gpt', 'other^gpt']);
    expect(idsIn(await app.gateway.get('/v1/models?provider=none'))).toEqual([]);
  });

  it('lists only what the token may use', async () => {
    expect(idsIn(await (await clientOf(['other^*'])).get('/v1/models'))).toEqual(['gpt', 'other^gpt']);
    expect(idsIn(await (await clientOf(['mini', '#x'])).get('/v1/models'))).toEqual([
      'gpt',
      'mini',
      'main^mini',
      'other^gpt',
    ]);
    const client = await clientOf(['main^*']);
    expect((await client.get('/v1/models/main%5Egpt')).body).toMatchObject({ id: 'main^gpt' });
    expect((await client.get('/v1/models/gpt')).body).toMatchObject({ id: 'gpt', owned_by: 'main' });
    expect(await client.get('/v1/models/other%5Egpt')).toMatchObject({
      status: 404,
      body: { error: { code: 'model_not_found' } },
    });
  });

  it('follows changes immediately, and lists unusable models only with ?all=true', async () => {
    const { provider } = await app.createTarget(URL, { name: 'late', models: ['fresh'] });
    expect(idsIn(await app.gateway.get('/v1/models'))).toContain('late^fresh');
    await app.api.patch(providerPath(provider), { enabled: false });
    expect(idsIn(await app.gateway.get('/v1/models'))).not.toContain('late^fresh');
    expect(idsIn(await app.gateway.get('/v1/models?all=true'))).toContain('late^fresh');
    expect((await app.api.delete(providerPath(provider))).status).toBe(204);
    expect(idsIn(await app.gateway.get('/v1/models?all=true'))).not.toContain('late^fresh');
  });
});

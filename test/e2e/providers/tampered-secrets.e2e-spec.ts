import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/http-client';
import {
  createModel,
  createProvider,
  modelPath,
  otherAccount,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { startUpstream, type Upstream } from '../../support/upstreams/mock-upstream';

const HEADERS = { extra_headers: { 'X-Gateway-Token': 'gateway-secret-of-a-test' } };
const undecryptable = { status: 409, code: 'llm_providers.secret_undecryptable' };

describe('a provider whose sealed key was tampered with', () => {
  let app: TestApp;
  let upstream: Upstream;
  let provider: Json;
  let other: Json;

  beforeAll(async () => {
    upstream = await startUpstream();
    app = await startTestApp();
  });
  afterAll(async () => {
    await app.stop();
    await upstream.stop();
  });
  beforeEach(async () => {
    provider = await createProvider(app.api, { base_url: upstream.url });
    other = await createProvider(app.api, { base_url: upstream.url });
    await app.api.get('/v1/llm-providers');
  });

  const seal = async ({ id }: Json) => {
    const rows = await app.database.query<{ sealed_api_key: string }>(
      'SELECT sealed_api_key FROM providers WHERE id = ?',
      [id],
    );
    return rows[0]!.sealed_api_key;
  };
  const setSeal = (text: string) =>
    app.database.query('UPDATE providers SET sealed_api_key = ? WHERE id = ?', [text, provider.id]);
  const flipped = (text: string, part: number) => {
    const parts = text.split('.');
    const piece = parts[part]!;
    const middle = Math.floor(piece.length / 2);
    parts[part] = `${piece.slice(0, middle)}${piece[middle] === 'A' ? 'B' : 'A'}${piece.slice(middle + 1)}`;
    return parts.join('.');
  };
  /** Ways to damage a seal that works. */
  const damages: readonly [string, () => Promise<unknown>][] = [
    ['names an unknown key', async () => setSeal((await seal(provider)).replace(/^v1\.[^.]+/, 'v1.gone'))],
    ['has a flipped bit in its wrapped key', async () => setSeal(flipped(await seal(provider), 2))],
    ['has a flipped bit in its text', async () => setSeal(flipped(await seal(provider), 3))],
    ['is cut short', async () => setSeal((await seal(provider)).slice(0, -4))],
    ['is no seal at all', () => setSeal('sk-plain-text')],
    ['is that of another provider', async () => setSeal(await seal(other))],
    [
      'is that of another account',
      async () => setSeal(await seal(await createProvider(await otherAccount(app)))),
    ],
    [
      'is that of another field',
      async () => {
        await app.api.patch(providerPath(provider), { advanced_json: HEADERS });
        await app.database.query('UPDATE providers SET sealed_api_key = sealed_headers WHERE id = ?', [
          provider.id,
        ]);
      },
    ],
    [
      'is an older one',
      async () => {
        const older = await seal(provider);
        await app.api.patch(providerPath(provider), { api_key: 'sk-newer-0123456789abcdefghij' });
        await app.api.get('/v1/llm-providers');
        await setSeal(older);
      },
    ],
    [
      'is of another version',
      () => app.database.query('UPDATE providers SET secret_version = 7 WHERE id = ?', [provider.id]),
    ],
  ];

  it.each(damages)('%s: it says so, and the others are listed as ever', async (_case, damage) => {
    await damage();
    // Whoever writes rows by hand counts it, as the service does.
    await app.database.query('UPDATE accounts SET revision = revision + 1');
    const { status, body } = await app.api.get('/v1/llm-providers');
    expect(status).toBe(200);
    const statuses = new Map((body as Json[]).map((item) => [item.id, item.secret_status]));
    expect(statuses.get(provider.id)).toBe('undecryptable');
    expect(statuses.get(other.id)).toBe('ok');
    expect((await app.api.get(providerPath(provider))).body.secret_status).toBe('undecryptable');
  });

  it.each(damages)('%s: its use is 409, without a call', async (_case, damage) => {
    await damage();
    const calls = upstream.modelListRequests.length;
    const path = providerPath(provider);
    expect(problem(await app.api.get(`${path}/available-models`))).toEqual(undecryptable);
    expect(problem(await app.api.post(`${path}/models/import`, { models: 'all' }))).toEqual(undecryptable);
    expect(upstream.modelListRequests).toHaveLength(calls);
  });

  it.each(['providers', 'provider_models'])(
    'or whose sealed headers were, in %s: its use is 409, without a call, and the lists stand',
    async (table) => {
      await app.api.patch(providerPath(provider), { advanced_json: HEADERS });
      const model = await createModel(app.api, provider.id, { advanced_json: HEADERS });
      const row = table === 'providers' ? provider : model;
      const stolen = table === 'providers' ? 'sealed_api_key' : "'v1.gone.AAAA.AAAA'";
      await app.database.query(`UPDATE ${table} SET sealed_headers = ${stolen} WHERE id = ?`, [row.id]);
      await app.database.query('UPDATE accounts SET revision = revision + 1');
      const calls = upstream.modelListRequests.length + upstream.mock.getRequests().length;
      const called = await app.api.post(`${modelPath(model)}/test`);
      expect({ status: called.status, code: called.body.code ?? called.body.error?.code }).toEqual(
        undecryptable,
      );
      expect(upstream.modelListRequests.length + upstream.mock.getRequests().length).toBe(calls);
      for (const path of ['/v1/llm-providers', providerPath(provider), '/v1/selectors']) {
        expect((await app.api.get(path)).status).toBe(200);
      }
    },
  );

  it('is healed by a new key', async () => {
    await setSeal('broken');
    const { body } = await app.api.patch(providerPath(provider), {
      api_key: 'sk-new-0123456789abcdefghijkl',
    });
    expect(body).toMatchObject({ secret_status: 'ok', key_prefix: 'sk-new-' });
    expect((await app.api.get(`${providerPath(provider)}/available-models`)).status).toBe(200);
  });

  it('can be renamed and deleted, and a rename leaves the seal as it is', async () => {
    await setSeal('broken');
    const renamed = await app.api.patch(providerPath(provider), { name: uniqueName() });
    expect(renamed.body.secret_status).toBe('undecryptable');
    expect(await seal(provider)).toBe('broken');
    expect((await app.api.delete(providerPath(provider))).status).toBe(204);
  });
});

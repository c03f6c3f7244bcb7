import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  modelPath,
  createOtherAccount,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { startUpstream, type Upstream } from '../../support/upstreams/mock-upstream';

const HEADERS = { extra_headers: { 'X-Gateway-Token': 'gateway-secret-of-a-test' } };
const undecryptable = { status: 409, code: 'llm_providers.secret_undecryptable' };

describe('a provider with a damaged secret', () => {
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

  const readSealedKey = async ({ id }: Json) => {
    const rows = await app.database.query<{ sealed_api_key: string }>(
      'SELECT sealed_api_key FROM providers WHERE id = ?',
      [id],
    );
    return rows[0]!.sealed_api_key;
  };
  const setSealedKey = (text: string) =>
    app.database.query('UPDATE providers SET sealed_api_key = ? WHERE id = ?', [text, provider.id]);
  const flip = (text: string, part: number) => {
    const parts = text.split('.');
    const piece = parts[part]!;
    const middle = Math.floor(piece.length / 2);
    parts[part] = `${piece.slice(0, middle)}${piece[middle] === 'A' ? 'B' : 'A'}${piece.slice(middle + 1)}`;
    return parts.join('.');
  };
  /** Ways to damage a valid sealed key. */
  const damages: readonly [string, () => Promise<unknown>][] = [
    [
      'the key of an unknown encryption key',
      async () => setSealedKey((await readSealedKey(provider)).replace(/^v1\.[^.]+/, 'v1.unknown')),
    ],
    ['a flipped bit in the wrapped key', async () => setSealedKey(flip(await readSealedKey(provider), 2))],
    ['a flipped bit in the ciphertext', async () => setSealedKey(flip(await readSealedKey(provider), 3))],
    ['a truncated ciphertext', async () => setSealedKey((await readSealedKey(provider)).slice(0, -4))],
    ['plain text', () => setSealedKey('sk-plain-text')],
    ['the key of another provider', async () => setSealedKey(await readSealedKey(other))],
    [
      'the key of another account',
      async () => setSealedKey(await readSealedKey(await createProvider(await createOtherAccount(app)))),
    ],
    [
      'the value of another field',
      async () => {
        await app.api.patch(providerPath(provider), { advanced_json: HEADERS });
        await app.database.query('UPDATE providers SET sealed_api_key = sealed_headers WHERE id = ?', [
          provider.id,
        ]);
      },
    ],
    [
      'an older key',
      async () => {
        const older = await readSealedKey(provider);
        await app.api.patch(providerPath(provider), { api_key: 'sk-newer-0123456789abcdefghij' });
        await app.api.get('/v1/llm-providers');
        await setSealedKey(older);
      },
    ],
    [
      'the key of another version',
      () => app.database.query('UPDATE providers SET secret_version = 7 WHERE id = ?', [provider.id]),
    ],
  ];

  it.each(damages)('is listed as undecryptable, and others as ok: %s', async (_case, damage) => {
    await damage();
    // A manual edit must increment the revision, as the service does.
    await app.database.query('UPDATE accounts SET revision = revision + 1');
    const { status, body } = await app.api.get('/v1/llm-providers');
    expect(status).toBe(200);
    const statuses = new Map((body as Json[]).map((item) => [item.id, item.secret_status]));
    expect(statuses.get(provider.id)).toBe('undecryptable');
    expect(statuses.get(other.id)).toBe('ok');
    expect((await app.api.get(providerPath(provider))).body.secret_status).toBe('undecryptable');
  });

  it.each(damages)('returns 409 on use and does not call the upstream: %s', async (_case, damage) => {
    await damage();
    const calls = upstream.modelListRequests.length;
    const path = providerPath(provider);
    expect(problem(await app.api.get(`${path}/available-models`))).toEqual(undecryptable);
    expect(problem(await app.api.post(`${path}/models/import`, { models: 'all' }))).toEqual(undecryptable);
    expect(upstream.modelListRequests).toHaveLength(calls);
  });

  it.each(['providers', 'provider_models'])(
    'returns 409 on use for damaged headers in %s, without an upstream call, and can be listed',
    async (table) => {
      await app.api.patch(providerPath(provider), { advanced_json: HEADERS });
      const model = await createModel(app.api, provider.id, { advanced_json: HEADERS });
      const row = table === 'providers' ? provider : model;
      const damaged = table === 'providers' ? 'sealed_api_key' : "'v1.unknown.AAAA.AAAA'";
      await app.database.query(`UPDATE ${table} SET sealed_headers = ${damaged} WHERE id = ?`, [row.id]);
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

  it('is usable again after PATCH with a new key', async () => {
    await setSealedKey('broken');
    const { body } = await app.api.patch(providerPath(provider), {
      api_key: 'sk-new-0123456789abcdefghijkl',
    });
    expect(body).toMatchObject({ secret_status: 'ok', key_prefix: 'sk-new-' });
    expect((await app.api.get(`${providerPath(provider)}/available-models`)).status).toBe(200);
  });

  it('can be renamed, which keeps the sealed key, and deleted', async () => {
    await setSealedKey('broken');
    const renamed = await app.api.patch(providerPath(provider), { name: uniqueName() });
    expect(renamed.body.secret_status).toBe('undecryptable');
    expect(await readSealedKey(provider)).toBe('broken');
    expect((await app.api.delete(providerPath(provider))).status).toBe(204);
  });
});

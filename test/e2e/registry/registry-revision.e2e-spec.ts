import { databaseUnavailable } from '../../../src/database/database-errors';
import { type Replicas, startReplicas } from '../../support/app/replicas';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import { injectFault } from '../../support/database/statement-faults';
import {
  createModel,
  createProvider,
  modelPath,
  createOtherAccount,
  problem,
  providerBody,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const HEADER = 'x-registry-revision';
const USAGE = { input: 1000, output: 10 };

interface Prepared {
  readonly provider: Json;
  /** The default model. */
  readonly model: Json;
  readonly other: Json;
}

type Change = (api: ApiClient, prepared: Prepared) => Promise<ApiResponse>;

const ifMatch = { headers: { 'if-match': '"stale"' } };
const importAll: Change = (api, { provider }) =>
  api.post(`${providerPath(provider)}/models/import`, { models: 'all' });

const writes: Record<string, Change> = {
  'creating a provider': (api) => api.post('/v1/llm-providers', providerBody()),
  'updating a provider': (api, { provider }) => api.patch(providerPath(provider), { name: uniqueName() }),
  'deleting a provider with its models': (api, { provider }) => api.delete(providerPath(provider)),
  'creating a model': (api, { provider }) => api.post(`${providerPath(provider)}/models`, { model: 'next' }),
  'creating a default model': (api, { provider }) =>
    api.post(`${providerPath(provider)}/models`, { model: 'next', is_default: true }),
  'updating a model': (api, { model }) => api.patch(modelPath(model), { priority: 5, tags: ['a'] }),
  'moving the default': (api, { other }) => api.patch(modelPath(other), { is_default: true }),
  'unsetting the default': (api, { model }) => api.patch(modelPath(model), { is_default: false }),
  'deleting the default': (api, { model }) => api.delete(modelPath(model)),
  'importing many models': importAll,
};

/** The preparation, and a write that changes nothing. */
const noOps: Record<string, readonly [Change | null, Change]> = {
  'an update of a provider with its current values': [
    null,
    (api, { provider }) => api.patch(providerPath(provider), { name: provider.name, advanced_json: null }),
  ],
  'an update of a model with its current values': [
    null,
    (api, { model }) => api.patch(modelPath(model), { is_default: true, tags: [], when: {}, priority: 0 }),
  ],
  'unsetting the default of an only model': [
    (api, { other }) => api.delete(modelPath(other)),
    (api, { model }) => api.patch(modelPath(model), { is_default: false }),
  ],
  'an import of existing models': [importAll, importAll],
};

const failures: [string, number, Change][] = [
  [
    'a name that is taken',
    409,
    (api, { provider }) => api.post('/v1/llm-providers', providerBody({ name: provider.name })),
  ],
  [
    'a model that exists',
    409,
    (api, { provider, model }) => api.post(`${providerPath(provider)}/models`, { model: model.model }),
  ],
  [
    'a model with the name of another',
    409,
    (api, { model, other }) => api.patch(modelPath(model), { model: other.model }),
  ],
  [
    'a stale If-Match of an update',
    412,
    (api, { model }) => api.patch(modelPath(model), { priority: 9 }, ifMatch),
  ],
  [
    'a stale If-Match of a deletion',
    412,
    (api, { provider }) => api.delete(providerPath(provider), undefined, ifMatch),
  ],
  ['an invalid field', 422, (api, { model }) => api.patch(modelPath(model), { priority: 'high' })],
  [
    'an invalid combination of fields',
    422,
    (api, { provider }) =>
      api.patch(providerPath(provider), { provider: 'anthropic', openai_api_mode: 'auto' }),
  ],
  [
    'a missing model',
    404,
    async (api, { provider }) => api.delete(`${providerPath(provider)}/models/${provider.id}`),
  ],
];

const reads: Record<string, (api: ApiClient, headers: Record<string, string>) => Promise<ApiResponse>> = {
  'GET /v1/llm-providers': (api, headers) => api.get('/v1/llm-providers', { headers }),
  'GET /v1/llm-providers?limit=1': (api, headers) => api.get('/v1/llm-providers?limit=1', { headers }),
  'GET /v1/selectors': (api, headers) => api.get('/v1/selectors', { headers }),
  'POST /v1/resolve': (api, headers) => api.post('/v1/resolve', {}, { headers }),
  'POST /v1/cost': (api, headers) => api.post('/v1/cost', { selector: 'auto', usage: USAGE }, { headers }),
};

describe('the registry revision', () => {
  let replicas: Replicas;
  let upstream: ScriptedUpstream;
  let api: ApiClient;
  let prepared: Prepared;

  beforeAll(async () => {
    replicas = await startReplicas();
    api = replicas.first.api;
    upstream = await ScriptedUpstream.start(replyJson(openaiModelList(['one', 'two', 'three'])));
  });
  afterAll(() => Promise.all([replicas.stop(), upstream.stop()]));
  beforeEach(async () => {
    const provider = await createProvider(api, { base_url: upstream.url });
    const model = await createModel(api, provider.id);
    prepared = { provider, model, other: await createModel(api, provider.id) };
  });

  const current = async (): Promise<number> => (await api.get('/v1/account')).body.revision;
  const revisionOf = ({ headers }: ApiResponse) => headers.get(HEADER);

  it.each(Object.entries(writes))('increases by one with %s and is in the response', async (_name, write) => {
    const before = await current();
    const response = await write(api, prepared);
    expect(response.status).toBeLessThan(300);
    expect(revisionOf(response)).toBe(String(before + 1));
    expect(await current()).toBe(before + 1);
  });

  it.each(Object.entries(noOps))(
    'is unchanged and in the response after %s',
    async (_name, [prepare, write]) => {
      await prepare?.(api, prepared);
      const before = await current();
      const response = await write(api, prepared);
      expect([response.status, revisionOf(response)]).toEqual([200, String(before)]);
      expect(await current()).toBe(before);
    },
  );

  it.each(failures)('is unchanged after %s (%i)', async (_name, status, write) => {
    const before = await current();
    const response = await write(api, prepared);
    expect([response.status, revisionOf(response)]).toEqual([status, null]);
    expect(await current()).toBe(before);
  });

  it.each(Object.entries(writes))('is unchanged after a rollback of %s', async (_name, write) => {
    const before = await current();
    const undo = injectFault(replicas.first, {
      before: (sql) => {
        if (/INSERT INTO .?audit_events/.test(sql)) throw databaseUnavailable();
      },
    });
    const response = await write(api, prepared);
    undo();
    expect([response.status, revisionOf(response)]).toEqual([503, null]);
    expect(await current()).toBe(before);
    const resolved = await api.post('/v1/resolve', {}, { headers: { [HEADER]: String(before) } });
    expect(revisionOf(resolved)).toBe(String(before));
  });

  it('does not depend on other accounts', async () => {
    const other = await createOtherAccount(replicas.first);
    const before = await current();
    expect(revisionOf(await other.post('/v1/llm-providers', providerBody()))).toBe('1');
    expect(await current()).toBe(before);
  });

  it('is in a replayed response of each replica, and never lower than in the first', async () => {
    const headers = { 'idempotency-key': uniqueName('key') };
    const body = providerBody();
    const first = await replicas.api().post('/v1/llm-providers', body, { headers });
    for (let turn = 0; turn < 3; turn++) {
      const repeated = await replicas.api().post('/v1/llm-providers', body, { headers });
      expect([repeated.status, repeated.text]).toEqual([201, first.text]);
      expect(Number(revisionOf(repeated))).toBe(Number(revisionOf(first)));
    }
    await createProvider(api);
    const later = await replicas.api().post('/v1/llm-providers', body, { headers });
    expect(Number(revisionOf(later))).toBe(Number(revisionOf(first)) + 1);
  });

  describe.each(Object.entries(reads))('%s', (_name, read) => {
    it('returns the revision', async () => {
      const response = await read(api, {});
      expect(response.status).toBe(200);
      expect(revisionOf(response)).toBe(String(await current()));
    });

    it('accepts a revision that was reached', async () => {
      const revision = String(await current());
      const responses = [
        await read(replicas.api(), { [HEADER]: revision }),
        await read(replicas.api(), { [HEADER]: revision }),
      ];
      expect(responses.map((response) => [response.status, revisionOf(response)])).toEqual([
        [200, revision],
        [200, revision],
      ]);
    });

    it.each(['', 'x', '-1', '1.5', '1e3', '0x1', '1, 2', '9'.repeat(16)])(
      'rejects the header "%s"',
      async (value) => {
        expect(problem(await read(api, { [HEADER]: value }))).toEqual({
          status: 400,
          code: 'request.registry_revision',
        });
      },
    );

    it('returns 503 with Retry-After for a revision that never existed', async () => {
      for (const revision of [(await current()) + 1, (await current()) + 10_000]) {
        const response = await read(api, { [HEADER]: String(revision) });
        expect(problem(response)).toEqual({ status: 503, code: 'registry.revision_not_reached' });
        expect(response.headers.get('retry-after')).toBe('1');
      }
    });
  });

  it('is in a 304 response', async () => {
    for (const path of ['/v1/llm-providers', '/v1/selectors']) {
      const known = await api.get(path);
      const response = await api.get(path, { headers: { 'if-none-match': known.headers.get('etag')! } });
      expect([response.status, revisionOf(response)]).toEqual([304, revisionOf(known)]);
    }
  });
});

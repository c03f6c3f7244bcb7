import { GUARDED_HTTP_OPTIONS } from '../../../src/upstream/client/guarded-http-client';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { createModel, createProvider, modelPath, providerPath } from '../../support/registry/factories';
import { INTERNAL_LITERALS, INTERNAL_NAMES, MALFORMED_URLS } from '../../support/upstreams/denied-urls';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { recordConnections } from '../../support/upstreams/outbound-connections';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** The time that every failed connection to a name takes. The default is 5 s. */
const CONNECT_TIMEOUT_MS = 60;
/** A timer of Node may fire up to 1 ms early. */
const TIMER_TOLERANCE_MS = 2;
const MAX_LENGTH = 2048;

describe('in strict mode, a manually edited base_url', () => {
  let app: TestApp;
  let trap: ScriptedUpstream;
  let provider: Json;
  let model: Json;
  let connections: string[];

  beforeAll(async () => {
    app = await startTestApp({ env: { EGRESS_MODE: 'strict' } });
    Object.assign(app.app.get<object>(GUARDED_HTTP_OPTIONS), { connectTimeoutMs: CONNECT_TIMEOUT_MS });
    trap = await ScriptedUpstream.start(
      replyJson({ ...openaiModelList(['one']), output: [{ type: 'message' }], choices: [{ index: 0 }] }),
    );
    provider = await createProvider(app.api);
    model = await createModel(app.api, provider.id);
  });
  afterAll(() => Promise.all([app.stop(), trap.stop()]));
  beforeEach(() => (connections = recordConnections(app)));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const store = (base_url: string) =>
    app.database.query('UPDATE providers SET base_url = ? WHERE id = ?', [base_url, provider.id]);

  /** Returns the errors of listing models, importing them, testing the provider and testing a model. */
  const useEverywhere = async (base_url: string) => {
    await store(base_url);
    const path = providerPath(provider);
    const listed = await app.api.get(`${path}/available-models?refresh=true`);
    const tested = await app.api.post(`${path}/test`);
    const called = await app.api.post(`${modelPath(model)}/test`);
    const imported = await app.api.post(`${path}/models/import`, { models: 'all' });
    const errors = [listed, imported].map(({ status, body }) => `${status} ${body.code}`);
    return [...errors, tested.body.error?.code, called.body.error?.code];
  };

  it.each(INTERNAL_LITERALS)('%s is denied at each use, without a connection', async (base_url) => {
    expect(await useEverywhere(base_url)).toEqual([
      ...Array<string>(2).fill('422 egress_denied'),
      'egress_denied',
      'egress_denied',
    ]);
    expect(connections).toEqual([]);
  });

  it.each(INTERNAL_NAMES)('%s looks unreachable at each use, without a connection', async (base_url) => {
    const code = 'upstream_unreachable';
    expect(await useEverywhere(base_url)).toEqual([`502 ${code}`, `502 ${code}`, code, code]);
    expect(connections).toEqual([]);
  });

  it.each(MALFORMED_URLS.filter(({ length }) => length <= MAX_LENGTH))(
    '%j returns validation.failed at each use, without a connection',
    async (base_url) => {
      const code = 'validation.failed';
      expect(await useEverywhere(base_url)).toEqual([`422 ${code}`, `422 ${code}`, code, code]);
      expect(connections).toEqual([]);
    },
  );

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '[::ffff:127.0.0.1]',
    'localhost',
    'localhost.',
    '0',
  ])('reaches no listener at %s', async (host) => {
    await useEverywhere(`http://${host}:${trap.port}/v1`);
    expect(trap.connections).toBe(0);
  });

  it('has the same error and the same latency whether its name is denied or unreachable', async () => {
    const observe = async (base_url: string) => {
      await store(base_url);
      const started = performance.now();
      const response = await app.api.get(`${providerPath(provider)}/available-models?refresh=true`);
      const body = { ...response.body, instance: null, trace_id: null };
      const elapsedMs = performance.now() - started;
      return { body, isSlow: elapsedMs >= CONNECT_TIMEOUT_MS - TIMER_TOLERANCE_MS };
    };
    const denied = await observe('http://localhost');
    expect(denied).toMatchObject({ body: { status: 502, code: 'upstream_unreachable' }, isSlow: true });
    expect(await observe('http://no-such-name.invalid')).toEqual(denied);
    expect(await observe(`http://localhost:${trap.port}`)).toEqual(denied);
  });

  it('does not break the list of providers and can be corrected', async () => {
    await store('javascript:alert(1)');
    const { status, body } = await app.api.get('/v1/llm-providers');
    expect(status).toBe(200);
    expect(body).toMatchObject([{ id: provider.id }]);
    expect((await app.api.patch(providerPath(provider), { name: 'renamed' })).status).toBe(200);
    const corrected = await app.api.patch(providerPath(provider), { base_url: 'https://example.com/v1' });
    expect(corrected.body).toMatchObject({ name: 'renamed', base_url: 'https://example.com/v1' });
  });
});

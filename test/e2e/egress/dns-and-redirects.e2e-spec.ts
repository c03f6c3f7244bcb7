import { createServer, type Server } from 'node:net';
import { DEFAULT_HTTP_OPTIONS, GUARDED_HTTP_OPTIONS } from '../../../src/upstream/client/guarded-http-client';
import type { ResolveHost } from '../../../src/upstream/egress/host-resolver';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  API_KEY,
  createModel,
  createProvider,
  modelPath,
  providerPath,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { recordConnections } from '../../support/upstreams/outbound-connections';
import { replyJson, replyRedirect } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** The limit for resolution and connection. In strict mode, every failed connection to a name takes this long. */
const TIMEOUT_MS = 30;
const ORIGINAL_OPTIONS = { ...DEFAULT_HTTP_OPTIONS };
const HOST = 'upstream.example.com';

const resolveTo =
  (...addresses: string[]): ResolveHost =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
const failWith =
  (code: string): ResolveHost =>
  () =>
    Promise.reject(Object.assign(new Error(`${code} ${HOST}`), { code }));
const slow: ResolveHost = () => new Promise(() => undefined);

/** Resolutions at use. At save, the name resolves to a public address. */
const DENIED: readonly (readonly [string, ResolveHost])[] = [
  ['changes to loopback', resolveTo('127.0.0.1')],
  ['has a public and a private address', resolveTo('93.184.216.34', '10.0.0.1')],
  ['has a public A record and AAAA ::1', resolveTo('93.184.216.34', '::1')],
  ['is an alias of localhost', resolveTo('::1', '127.0.0.1')],
  ['resolves to a metadata address', resolveTo('169.254.169.254')],
  ['has a mapped address', resolveTo('::ffff:127.0.0.1')],
  ['has an address with a zone', resolveTo('fe80::1%lo')],
];
const UNRESOLVED: readonly (readonly [string, ResolveHost])[] = [
  ['NXDOMAIN', failWith('ENOTFOUND')],
  ['SERVFAIL', failWith('EAI_AGAIN')],
  ['no address', resolveTo()],
  ['slow DNS', slow],
];

describe.each(['strict', 'allow'] as const)('in %s mode, a name', (mode) => {
  let app: TestApp;
  let trap: ScriptedUpstream;
  let trap6: Server;
  let connections6 = 0;
  let provider: Json;
  let model: Json;
  let url: string;
  let outbound: string[];

  const useResolver = (resolve: ResolveHost) =>
    Object.assign(app.app.get<object>(GUARDED_HTTP_OPTIONS), { resolve });

  beforeAll(async () => {
    app = await startTestApp({
      env: { EGRESS_MODE: mode, ...(mode === 'allow' && { EGRESS_ALLOW: '192.0.2.1:80' }) },
    });
    Object.assign(app.app.get<object>(GUARDED_HTTP_OPTIONS), {
      connectTimeoutMs: TIMEOUT_MS,
      resolveTimeoutMs: TIMEOUT_MS,
    });
    trap = await ScriptedUpstream.start(replyJson(openaiModelList(['one'])));
    trap6 = createServer((socket) => {
      connections6 += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) =>
      trap6.once('error', () => resolve()).listen(trap.port, '::1', resolve),
    );
    url = `http://${HOST}:${trap.port}`;
    useResolver(resolveTo('93.184.216.34'));
    provider = await createProvider(app.api, { base_url: url });
    model = await createModel(app.api, provider.id);
  });
  afterAll(async () => {
    // All applications of this process share this object.
    Object.assign(DEFAULT_HTTP_OPTIONS, ORIGINAL_OPTIONS);
    await Promise.all([app.stop(), trap.stop(), new Promise((resolve) => trap6.close(resolve))]);
  });
  beforeEach(() => {
    trap.connections = 0;
    connections6 = 0;
    outbound = recordConnections(app);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Sends each request that calls the upstream and returns the error codes. */
  async function collectCodes(): Promise<string[]> {
    const path = providerPath(provider);
    const unsaved = { provider: 'openai', api_key: API_KEY, base_url: url };
    const [listed, imported, discovered, tested, called] = [
      await app.api.get(`${path}/available-models?refresh=true`),
      await app.api.post(`${path}/models/import`, { models: 'all' }),
      await app.api.post('/v1/llm-providers/discover', unsaved),
      await app.api.post(`${path}/test`),
      await app.api.post(`${modelPath(model)}/test`),
    ];
    const errors = [tested, called].map(({ body }) => body.error?.code as string);
    return [listed.body.code, imported.body.code, discovered.body.code, ...errors];
  }

  it.each(DENIED)('that %s is not called by any request', async (_case, resolve) => {
    useResolver(resolve);
    const code = mode === 'strict' ? 'upstream_unreachable' : 'egress_denied';
    expect(await collectCodes()).toEqual(Array(5).fill(code));
    expect([...outbound, trap.connections, connections6]).toEqual([0, 0]);
  });

  it.each(UNRESOLVED)(
    'that does not resolve (%s) is unreachable for every request',
    async (_case, resolve) => {
      useResolver(resolve);
      expect(await collectCodes()).toEqual(Array(5).fill('upstream_unreachable'));
      expect(outbound).toEqual([]);
    },
  );

  it('is saved without a lookup', async () => {
    const resolver = jest.fn(resolveTo('127.0.0.1'));
    useResolver(resolver);
    await createProvider(app.api, { base_url: url });
    expect(resolver).not.toHaveBeenCalled();
  });
});

describe('a redirect', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let trap: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
    trap = await ScriptedUpstream.start(replyJson(openaiModelList(['one'])));
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop(), trap.stop()]));

  it.each([301, 302, 303, 307, 308])(
    '%i is not followed, neither to an internal address nor to another origin',
    async (status) => {
      const provider = await createProvider(app.api, { base_url: upstream.url });
      const model = await createModel(app.api, provider.id);
      const internal = `http://localhost:${trap.port}/v1/models`;
      for (const location of [
        trap.url,
        internal,
        `//127.0.0.1:${trap.port}/`,
        'http://169.254.169.254/',
        '/v1/models/',
      ]) {
        upstream.script(replyRedirect(location, status));
        const listed = await app.api.get(`${providerPath(provider)}/available-models?refresh=true`);
        const tested = await app.api.post(`${providerPath(provider)}/test`);
        const called = await app.api.post(`${modelPath(model)}/test`);
        const code = 'llm_providers.upstream_request_failed';
        expect([listed.body.code, tested.body.error.code, called.body.error.code]).toEqual([
          code,
          code,
          code,
        ]);
        expect(upstream.requests).toHaveLength(3);
      }
      expect(trap.connections).toBe(0);
    },
  );
});

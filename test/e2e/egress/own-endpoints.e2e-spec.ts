import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { startTestApp, type TestApp } from '../../support/app/app';
import { freePort } from '../../support/app/free-port';
import { engine } from '../../support/database/database';
import { createProvider, problem, providerBody, providerPath } from '../../support/registry/factories';
import { availableModels, idsOf } from '../../support/upstreams/discovery-factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const denied = { status: 422, code: 'egress_denied' };
const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];

/** Run after each test, even if it failed. */
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(env: Record<string, string> = {}): Promise<TestApp> {
  const app = await startTestApp({ env });
  closers.push(() => app.stop());
  return app;
}

/** Returns the results of saving the URL and of using it from a manually edited row. */
async function saveAndUse(app: TestApp, base_url: string): Promise<unknown[]> {
  const saved = await app.api.post('/v1/llm-providers', providerBody({ base_url }));
  const provider = await createProvider(app.api);
  await app.database.query('UPDATE providers SET base_url = ? WHERE id = ?', [base_url, provider.id]);
  const used = problem(await availableModels(app.api, providerPath(provider)));
  return [{ status: saved.status, code: saved.body.code }, used];
}

describe('local mode', () => {
  it.each<[string, () => Promise<number>]>([
    ['configured', freePort],
    ['assigned by the system', () => Promise.resolve(0)],
  ])("denies Caret's own port in every spelling: %s", async (_port, choose) => {
    const app = await start({ PORT: String(await choose()) });
    const { port } = new URL(app.url);
    for (const host of [
      '127.0.0.1',
      '127.1',
      'localhost',
      'LOCALHOST.',
      'foo.localhost',
      '[::1]',
      '0.0.0.0',
    ]) {
      expect([host, ...(await saveAndUse(app, `http://${host}:${port}`))]).toEqual([host, denied, denied]);
    }
  });

  // SQLite has no port.
  (engine === 'mariadb' ? it : it.skip)('denies the port of the database', async () => {
    const app = await start();
    const { port } = new URL(app.database.env.DATABASE_URL);
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      expect([host, ...(await saveAndUse(app, `http://${host}:${port}`))]).toEqual([host, denied, denied]);
    }
  });
});

describe('proxies', () => {
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start(replyJson(openaiModelList(['one'])));
  });
  afterAll(() => upstream.stop());

  it('in environment variables are ignored', async () => {
    const trap = await ScriptedUpstream.start();
    closers.push(() => trap.stop());
    for (const name of PROXY_VARIABLES) process.env[name] = trap.url;
    process.env['NODE_USE_ENV_PROXY'] = '1';
    const app = await start();
    const provider = await createProvider(app.api, { base_url: upstream.url });
    const listed = await availableModels(app.api, providerPath(provider));
    for (const name of [...PROXY_VARIABLES, 'NODE_USE_ENV_PROXY']) delete process.env[name];
    expect(idsOf(listed)).toEqual(['one']);
    expect(trap.connections).toBe(0);
  });

  it('in EGRESS_PROXY are used, but not for denied destinations', async () => {
    const tunnels: string[] = [];
    const proxy = createHttpServer().on('connect', (request, client) => {
      tunnels.push(request.url ?? '');
      const target = connect(upstream.port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(target).pipe(client);
      });
      target.on('error', () => client.destroy());
      client.on('error', () => target.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      proxy.closeAllConnections();
      return new Promise((resolve) => proxy.close(resolve));
    });
    const { port } = proxy.address() as AddressInfo;
    const app = await start({ EGRESS_PROXY: `http://127.0.0.1:${port}` });

    const provider = await createProvider(app.api, { base_url: upstream.url });
    expect(idsOf(await availableModels(app.api, providerPath(provider)))).toEqual(['one']);
    expect(tunnels).toEqual([`127.0.0.1:${upstream.port}`]);
    expect(await saveAndUse(app, 'http://169.254.169.254:8080')).toEqual([denied, denied]);
    expect(tunnels).toHaveLength(1);
  });
});

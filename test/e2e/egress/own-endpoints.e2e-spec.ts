import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';
import { createProvider, problem, providerBody, providerPath } from '../../support/registry/factories';
import { availableModels, idsOf } from '../../support/upstreams/discovery-factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const denied = { status: 422, code: 'egress_denied' };
const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];

/** Run after each test, however it ended. */
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(env: Record<string, string> = {}): Promise<TestApp> {
  const app = await startTestApp({ env });
  closers.push(() => app.stop());
  return app;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function outcomes(app: TestApp, base_url: string): Promise<unknown[]> {
  const saved = await app.api.post('/v1/llm-providers', providerBody({ base_url }));
  const provider = await createProvider(app.api);
  await app.database.query('UPDATE providers SET base_url = ? WHERE id = ?', [base_url, provider.id]);
  const used = problem(await availableModels(app.api, providerPath(provider)));
  return [{ status: saved.status, code: saved.body.code }, used];
}

describe('what is never called, even in local mode', () => {
  it("is the service's own port, however it is written", async () => {
    const port = await freePort();
    const app = await start({ PORT: String(port) });
    for (const host of [
      '127.0.0.1',
      '127.1',
      'localhost',
      'LOCALHOST.',
      'foo.localhost',
      '[::1]',
      '0.0.0.0',
    ]) {
      expect([host, ...(await outcomes(app, `http://${host}:${port}`))]).toEqual([host, denied, denied]);
    }
  });

  // SQLite has no port.
  (engine === 'mariadb' ? it : it.skip)('is the database', async () => {
    const app = await start();
    const { port } = new URL(app.database.env.DATABASE_URL);
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      expect([host, ...(await outcomes(app, `http://${host}:${port}`))]).toEqual([host, denied, denied]);
    }
  });
});

describe('proxies', () => {
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start(replyJson(openaiModelList(['one'])));
  });
  afterAll(() => upstream.stop());

  it('that the environment names are ignored', async () => {
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

  it('that EGRESS_PROXY names are used, and do not open what is denied', async () => {
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
    expect(await outcomes(app, 'http://169.254.169.254:8080')).toEqual([denied, denied]);
    expect(tunnels).toHaveLength(1);
  });
});

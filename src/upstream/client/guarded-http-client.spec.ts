import { createServer } from 'node:http';
import { type Socket } from 'node:net';
import { parseEgressAllow } from '../../config/egress-allow';
import { EgressPolicy } from '../egress/egress-policy';
import { type ResolveHost } from '../egress/host-resolver';
import internalUrls from '../fixtures/internal-urls.json';
import {
  resolveTo,
  createClient,
  closeAll,
  sendGet,
  startServer,
  startTrap,
  startUpstream,
} from '../fixtures/loopback-upstream';

const code = (expected: string) => expect.objectContaining({ code: expected });

afterEach(closeAll);

describe('GuardedHttpClient and destinations', () => {
  it.each(internalUrls)(
    'does not connect to %s in strict mode, even from a manually edited row',
    async (internal) => {
      const { port, connections } = await startTrap();
      const http = createClient(
        { mode: 'strict', allow: parseEgressAllow(`127.0.0.1:${port}`) },
        { connectTimeoutMs: 20, resolve: resolveTo('127.0.0.1') },
      );
      const url = new URL(internal);
      const isLiteral = /^[\d.[]/.test(url.hostname);
      url.port = String(port);
      await expect(sendGet(http, url.href)).rejects.toEqual(
        code(isLiteral ? 'egress_denied' : 'upstream_unreachable'),
      );
      expect(connections()).toBe(0);
    },
  );

  it('reaches only the listed host and port in allow mode', async () => {
    const open = await startUpstream((_request, response) => response.end('{}'));
    const closed = await startTrap();
    const http = createClient({ mode: 'allow', allow: parseEgressAllow(`127.0.0.1:${open.port}`) });
    await expect(sendGet(http, `http://127.0.0.1:${open.port}`)).resolves.toMatchObject({ status: 200 });
    await expect(sendGet(http, `http://127.0.0.1:${closed.port}`)).rejects.toEqual(code('egress_denied'));
    expect(closed.connections()).toBe(0);
  });

  it('reaches loopback by name and by literal in local mode', async () => {
    const { port } = await startUpstream((request, response) => response.end(request.headers.host));
    const { body } = await sendGet(createClient(), `http://localhost:${port}`);
    expect(body.toString()).toBe(`localhost:${port}`);
    await expect(sendGet(createClient(), `http://127.0.0.1:${port}`)).resolves.toMatchObject({ status: 200 });
  });

  it("never reaches Caret's own port or its database, under any name", async () => {
    const { port, connections } = await startTrap();
    const own = (host: string) =>
      createClient({ ownEndpoints: [{ host, port }] }, { resolve: resolveTo('127.0.0.1') });
    await expect(sendGet(own('127.0.0.1'), `http://alias.example:${port}`)).rejects.toEqual(
      code('egress_denied'),
    );
    await expect(sendGet(own('db.example'), `http://alias.example:${port}`)).rejects.toEqual(
      code('egress_denied'),
    );
    await expect(sendGet(own('db.example'), `http://127.0.0.1:${port}`)).rejects.toEqual(
      code('egress_denied'),
    );
    expect(connections()).toBe(0);
  });
});

describe('GuardedHttpClient and names', () => {
  it.each([
    ['changed to loopback after it was saved', ['127.0.0.1']],
    ['has a public and a private address', ['1.1.1.1', '127.0.0.1']],
    ['has a public A record and AAAA ::1', ['1.1.1.1', '::1']],
    ['has a mapped address', ['::ffff:127.0.0.1']],
    ['resolves to a metadata address', ['169.254.169.254']],
  ])('does not connect to a name that %s', async (_case, addresses) => {
    const { port, connections } = await startTrap();
    const resolve = resolveTo(...addresses);
    const url = `http://flip.example:${port}`;
    const strict = createClient({ mode: 'strict' }, { resolve, connectTimeoutMs: 20 });
    const allow = createClient({ mode: 'allow' }, { resolve });
    new EgressPolicy({ mode: 'strict', allow: [], proxy: null, ownEndpoints: [] }).checkAtSave(new URL(url));
    await expect(sendGet(strict, url)).rejects.toEqual(code('upstream_unreachable'));
    await expect(sendGet(allow, url)).rejects.toEqual(code('egress_denied'));
    expect(connections()).toBe(0);
  });

  it('resolves a name once per call, so a change between check and connection has no effect', async () => {
    const { port } = await startUpstream((_request, response) => response.end('ok'));
    const resolve = jest.fn(resolveTo('169.254.169.254')).mockImplementationOnce(resolveTo('127.0.0.1'));
    const http = createClient({}, { resolve });
    await expect(sendGet(http, `http://flip.example:${port}`)).resolves.toMatchObject({ status: 200 });
    expect(resolve).toHaveBeenCalledTimes(1);
    await expect(sendGet(http, `http://flip.example:${port}`)).rejects.toEqual(code('egress_denied'));
  });

  const dnsError = (dnsCode: string) => () =>
    Promise.reject(Object.assign(new Error(dnsCode), { code: dnsCode }));
  const slow: ResolveHost = () => new Promise(() => {});
  it.each([
    ['NXDOMAIN', dnsError('ENOTFOUND')],
    ['SERVFAIL', dnsError('EAI_AGAIN')],
    ['no record', resolveTo()],
    ['slow DNS', slow],
  ])('throws upstream_unreachable for a name that does not resolve (%s)', async (_case, resolve) => {
    const http = createClient({}, { resolve, resolveTimeoutMs: 50 });
    await expect(sendGet(http, 'http://gone.example:8000')).rejects.toMatchObject({
      code: 'upstream_unreachable',
      kind: 'upstream_failed',
    });
  });

  it('hides in strict mode whether a name is denied or unknown, by error and by latency', async () => {
    const connectTimeoutMs = 150;
    const failures = [
      resolveTo('10.0.0.1'),
      resolveTo('127.0.0.1', '1.1.1.1'),
      dnsError('ENOTFOUND'),
      resolveTo(),
    ];
    const seen = await Promise.all(
      failures.map(async (resolve) => {
        const started = performance.now();
        const http = createClient({ mode: 'strict' }, { resolve, connectTimeoutMs });
        const error = await sendGet(http, 'http://h.example:8000').catch((caught: Error) => caught);
        // A timer of Node may fire up to 1 ms early.
        expect(performance.now() - started).toBeGreaterThanOrEqual(connectTimeoutMs - 2);
        return { ...error, cause: undefined };
      }),
    );
    expect(new Set(seen.map((error) => JSON.stringify(error))).size).toBe(1);
    expect(JSON.stringify(seen)).not.toMatch(/10\.0\.0\.1|127\.0\.0\.1/);
  });
});

describe('GuardedHttpClient, redirects and proxies', () => {
  it.each([301, 302, 303, 307, 308])('throws for a redirect %i and does not follow it', async (status) => {
    const { port: trapPort, connections } = await startTrap();
    const { port } = await startUpstream((_request, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${trapPort}/` }).end();
    });
    await expect(sendGet(createClient(), `http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'llm_providers.upstream_request_failed',
      upstreamStatus: status,
    });
    expect(connections()).toBe(0);
  });

  it('ignores proxy variables in the environment', async () => {
    const { port: trapPort, connections } = await startTrap();
    const { port } = await startUpstream((_request, response) => response.end('ok'));
    const proxy = `http://127.0.0.1:${trapPort}`;
    const environment = jest.replaceProperty(process, 'env', {
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      HTTPS_PROXY: proxy,
      ALL_PROXY: proxy,
      NODE_USE_ENV_PROXY: '1',
    });
    await expect(sendGet(createClient(), `http://127.0.0.1:${port}`)).resolves.toMatchObject({ status: 200 });
    environment.restore();
    expect(connections()).toBe(0);
  });

  it('uses EGRESS_PROXY for names and never asks it for a denied destination', async () => {
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', (request, socket: Socket) => {
      tunnels.push(request.url ?? '');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'),
      );
    });
    const { port } = await startServer(proxy);
    const resolve: ResolveHost = (name, context) =>
      name === 'inside.example'
        ? resolveTo('10.0.0.1')(name, context)
        : Promise.reject(new Error('ENOTFOUND'));
    const http = createClient({ mode: 'allow', proxy: new URL(`http://127.0.0.1:${port}`) }, { resolve });
    const { body } = await sendGet(http, 'http://only-the-proxy-knows.example/v1');
    expect(body.toString()).toBe('ok');
    await expect(sendGet(http, 'http://10.0.0.1')).rejects.toEqual(code('egress_denied'));
    await expect(sendGet(http, 'http://localhost')).rejects.toEqual(code('egress_denied'));
    await expect(sendGet(http, 'http://inside.example')).rejects.toEqual(code('egress_denied'));
    expect(tunnels).toEqual(['only-the-proxy-knows.example:80']);
    await http.onApplicationShutdown();
  });
});

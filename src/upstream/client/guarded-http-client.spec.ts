import { createServer } from 'node:http';
import { type Socket } from 'node:net';
import { parseEgressAllow } from '../../config/egress-allow';
import { EgressPolicy } from '../egress/egress-policy';
import { type ResolveHost } from '../egress/host-resolver';
import insideUrls from '../fixtures/inside-urls.json';
import { answers, client, closeAll, get, listen, trap, upstream } from '../fixtures/loopback-upstream';

const code = (expected: string) => expect.objectContaining({ code: expected });

afterEach(closeAll);

describe('destinations', () => {
  it.each(insideUrls)(
    'strict mode makes no connection for %s, though it was put into the row by hand',
    async (inside) => {
      const { port, connections } = await trap();
      const http = client(
        { mode: 'strict', allow: parseEgressAllow(`127.0.0.1:${port}`) },
        { connectTimeoutMs: 20, resolve: answers('127.0.0.1') },
      );
      const url = new URL(inside);
      const isLiteral = /^[\d.[]/.test(url.hostname);
      url.port = String(port);
      await expect(get(http, url.href)).rejects.toEqual(
        code(isLiteral ? 'egress_denied' : 'upstream_unreachable'),
      );
      expect(connections()).toBe(0);
    },
  );

  it('allow mode reaches exactly the listed host and port', async () => {
    const open = await upstream((_request, response) => response.end('{}'));
    const closed = await trap();
    const http = client({ mode: 'allow', allow: parseEgressAllow(`127.0.0.1:${open.port}`) });
    await expect(get(http, `http://127.0.0.1:${open.port}`)).resolves.toMatchObject({ status: 200 });
    await expect(get(http, `http://127.0.0.1:${closed.port}`)).rejects.toEqual(code('egress_denied'));
    expect(closed.connections()).toBe(0);
  });

  it('local mode reaches loopback by name and by literal', async () => {
    const { port } = await upstream((request, response) => response.end(request.headers.host));
    const { body } = await get(client(), `http://localhost:${port}`);
    expect(body.toString()).toBe(`localhost:${port}`);
    await expect(get(client(), `http://127.0.0.1:${port}`)).resolves.toMatchObject({ status: 200 });
  });

  it("never reaches the service's own port or its database, by any name", async () => {
    const { port, connections } = await trap();
    const own = (host: string) =>
      client({ ownEndpoints: [{ host, port }] }, { resolve: answers('127.0.0.1') });
    await expect(get(own('127.0.0.1'), `http://alias.example:${port}`)).rejects.toEqual(
      code('egress_denied'),
    );
    await expect(get(own('db.example'), `http://alias.example:${port}`)).rejects.toEqual(
      code('egress_denied'),
    );
    await expect(get(own('db.example'), `http://127.0.0.1:${port}`)).rejects.toEqual(code('egress_denied'));
    expect(connections()).toBe(0);
  });
});

describe('names', () => {
  it.each([
    ['flipped to loopback after it was saved', ['127.0.0.1']],
    ['has one private address among two', ['1.1.1.1', '127.0.0.1']],
    ['has AAAA ::1 beside a public A', ['1.1.1.1', '::1']],
    ['has a mapped address', ['::ffff:127.0.0.1']],
    ['has metadata behind it', ['169.254.169.254']],
  ])('are refused where one %s', async (_case, addresses) => {
    const { port, connections } = await trap();
    const resolve = answers(...addresses);
    const url = `http://flip.example:${port}`;
    const strict = client({ mode: 'strict' }, { resolve, connectTimeoutMs: 20 });
    const allow = client({ mode: 'allow' }, { resolve });
    new EgressPolicy({ mode: 'strict', allow: [], proxy: null, ownEndpoints: [] }).checkAtSave(new URL(url));
    await expect(get(strict, url)).rejects.toEqual(code('upstream_unreachable'));
    await expect(get(allow, url)).rejects.toEqual(code('egress_denied'));
    expect(connections()).toBe(0);
  });

  it('are resolved once a call: an answer that flips between check and connect changes nothing', async () => {
    const { port } = await upstream((_request, response) => response.end('ok'));
    const resolve = jest.fn(answers('169.254.169.254')).mockImplementationOnce(answers('127.0.0.1'));
    const http = client({}, { resolve });
    await expect(get(http, `http://flip.example:${port}`)).resolves.toMatchObject({ status: 200 });
    expect(resolve).toHaveBeenCalledTimes(1);
    await expect(get(http, `http://flip.example:${port}`)).rejects.toEqual(code('egress_denied'));
  });

  const dnsError = (dnsCode: string) => () =>
    Promise.reject(Object.assign(new Error(dnsCode), { code: dnsCode }));
  const slow: ResolveHost = () => new Promise(() => {});
  it.each([
    ['NXDOMAIN', dnsError('ENOTFOUND')],
    ['SERVFAIL', dnsError('EAI_AGAIN')],
    ['no record', answers()],
    ['slow DNS', slow],
  ])('that do not resolve (%s) are unreachable', async (_case, resolve) => {
    const http = client({}, { resolve, resolveTimeoutMs: 50 });
    await expect(get(http, 'http://gone.example:8000')).rejects.toMatchObject({
      code: 'upstream_unreachable',
      kind: 'upstream_failed',
    });
  });

  it('look the same in strict mode whether denied or gone: one answer, one latency', async () => {
    const floor = 150;
    const failures = [answers('10.0.0.1'), answers('127.0.0.1', '1.1.1.1'), dnsError('ENOTFOUND'), answers()];
    const seen = await Promise.all(
      failures.map(async (resolve) => {
        const started = performance.now();
        const http = client({ mode: 'strict' }, { resolve, connectTimeoutMs: floor });
        const error = await get(http, 'http://h.example:8000').catch((caught: Error) => caught);
        expect(performance.now() - started).toBeGreaterThanOrEqual(floor - 2);
        return { ...error, cause: undefined };
      }),
    );
    expect(new Set(seen.map((error) => JSON.stringify(error))).size).toBe(1);
    expect(JSON.stringify(seen)).not.toMatch(/10\.0\.0\.1|127\.0\.0\.1/);
  });
});

describe('redirects and proxies', () => {
  it.each([301, 302, 303, 307, 308])('a redirect %i is an error and is not followed', async (status) => {
    const { port: trapPort, connections } = await trap();
    const { port } = await upstream((_request, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${trapPort}/` }).end();
    });
    await expect(get(client(), `http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'llm_providers.upstream_request_failed',
      upstreamStatus: status,
    });
    expect(connections()).toBe(0);
  });

  it('proxy variables of the environment are ignored', async () => {
    const { port: trapPort, connections } = await trap();
    const { port } = await upstream((_request, response) => response.end('ok'));
    const proxy = `http://127.0.0.1:${trapPort}`;
    const environment = jest.replaceProperty(process, 'env', {
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      HTTPS_PROXY: proxy,
      ALL_PROXY: proxy,
      NODE_USE_ENV_PROXY: '1',
    });
    await expect(get(client(), `http://127.0.0.1:${port}`)).resolves.toMatchObject({ status: 200 });
    environment.restore();
    expect(connections()).toBe(0);
  });

  it('an explicit proxy is used for names, and asked for nothing that is denied', async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket: Socket) => {
      asked.push(request.url ?? '');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'),
      );
    });
    const { port } = await listen(proxy);
    const resolve: ResolveHost = (name) =>
      name === 'inside.example' ? answers('10.0.0.1')(name) : Promise.reject(new Error('ENOTFOUND'));
    const http = client({ mode: 'allow', proxy: new URL(`http://127.0.0.1:${port}`) }, { resolve });
    const { body } = await get(http, 'http://only-the-proxy-knows.example/v1');
    expect(body.toString()).toBe('ok');
    await expect(get(http, 'http://10.0.0.1')).rejects.toEqual(code('egress_denied'));
    await expect(get(http, 'http://localhost')).rejects.toEqual(code('egress_denied'));
    await expect(get(http, 'http://inside.example')).rejects.toEqual(code('egress_denied'));
    expect(asked).toEqual(['only-the-proxy-knows.example:80']);
    await http.onApplicationShutdown();
  });
});

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TLSSocket } from 'node:tls';
import { type ResolveHost } from '../egress/host-resolver';
import {
  closeAll,
  resolveTo,
  startRawUpstream,
  startServer,
  startUpstream,
} from '../fixtures/loopback-upstream';
import { closePools, createPools, send, startCall, until } from '../fixtures/pooled-calls';

const code = (expected: string) => expect.objectContaining({ code: expected });
const pem = (name: string) => readFileSync(join(__dirname, '../fixtures', `${name}.pem`), 'utf8');
const options = { resolve: resolveTo('127.0.0.1'), certificateAuthorities: pem('ca') };

/** Starts an HTTPS upstream that responds with its port and the name that the client asked for. */
const startTlsUpstream = (certificate: string) =>
  startServer(
    createTlsServer({ key: pem('server.key'), cert: pem(certificate) }, (request, response) => {
      const { servername } = request.socket as TLSSocket & { servername?: string | false };
      response.end(String(servername));
    }),
  );

/** Starts a proxy that opens every tunnel to one port. */
async function startProxy(port: number) {
  const tunnels: IncomingMessage[] = [];
  const proxy = createServer().on('connect', (request: IncomingMessage, socket: Socket) => {
    tunnels.push(request);
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(target).pipe(socket);
    }).on('error', () => socket.destroy());
    target.on('close', () => socket.destroy());
    socket.on('error', () => target.destroy()).on('close', () => target.destroy());
  });
  const server = await startServer(proxy);
  return { ...server, tunnels, url: new URL(`http://127.0.0.1:${server.port}`) };
}

const INVALID = [
  ['self-signed', 'self-signed', 'upstream.example'],
  ['expired', 'expired', 'upstream.example'],
  ['for another name', 'valid', 'other.example'],
] as const satisfies readonly (readonly [string, string, string])[];

afterEach(async () => {
  await closePools();
  await closeAll();
});

describe('UpstreamPools and certificates', () => {
  it('accept a valid one, send the host as SNI and keep the connection', async () => {
    const { port, connections } = await startTlsUpstream('valid');
    const pools = createPools({}, options);
    for (let calls = 0; calls < 3; calls++) {
      const { body } = await send(pools, `https://upstream.example:${port}`);
      expect(String(body)).toBe('upstream.example');
    }
    expect(connections()).toBe(1);
  });

  it('do not share a connection between two names', async () => {
    const { port, connections } = await startTlsUpstream('valid');
    const pools = createPools({}, options);
    await send(pools, `https://upstream.example:${port}`);
    await expect(send(pools, `https://other.example:${port}`)).rejects.toEqual(
      code('upstream_certificate_invalid'),
    );
    expect(connections()).toBe(2);
  });

  it.each([...INVALID, ['for a name, when the host is an address', 'valid', '127.0.0.1'] as const])(
    'reject one that is %s',
    async (_case, certificate, host) => {
      const { port } = await startTlsUpstream(certificate);
      const environment = jest.replaceProperty(process, 'env', { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
      await expect(send(createPools({}, options), `https://${host}:${port}`)).rejects.toEqual(
        code('upstream_certificate_invalid'),
      );
      environment.restore();
    },
  );
});

describe('UpstreamPools behind EGRESS_PROXY', () => {
  it('keep the tunnel to an upstream, and send the credentials only to the proxy', async () => {
    const upstream = await startUpstream((request, response) =>
      response.end(JSON.stringify(request.headers)),
    );
    const proxy = await startProxy(upstream.port);
    proxy.url.username = 'us%20er';
    proxy.url.password = 'p%40ss';
    const pools = createPools(
      { proxy: proxy.url },
      { resolve: () => Promise.reject(new Error('ENOTFOUND')) },
    );
    for (let calls = 0; calls < 3; calls++) {
      const { body } = await send(pools, 'http://only-the-proxy-knows.example/v1');
      expect(JSON.parse(String(body))).toMatchObject({ host: 'only-the-proxy-knows.example' });
      expect(String(body)).not.toContain('proxy-authorization');
    }
    expect(proxy.tunnels.map(({ url }) => url)).toEqual(['only-the-proxy-knows.example:80']);
    const credentials = Buffer.from('us er:p@ss').toString('base64');
    expect(proxy.tunnels[0]!.headers['proxy-authorization']).toBe(`Basic ${credentials}`);
    expect(upstream.connections()).toBe(1);
  });

  it('encrypt to the upstream, and check its certificate', async () => {
    const upstream = await startTlsUpstream('valid');
    const proxy = await startProxy(upstream.port);
    const pools = createPools({ proxy: proxy.url }, options);
    for (let calls = 0; calls < 2; calls++) {
      const { body } = await send(pools, `https://upstream.example:${upstream.port}`);
      expect(String(body)).toBe('upstream.example');
    }
    expect(proxy.tunnels.map(({ url }) => url)).toEqual([`upstream.example:${upstream.port}`]);
  });

  it.each(INVALID)('reject a certificate that is %s', async (_case, certificate, host) => {
    const upstream = await startTlsUpstream(certificate);
    const proxy = await startProxy(upstream.port);
    const pools = createPools({ proxy: proxy.url }, options);
    await expect(send(pools, `https://${host}:${upstream.port}`)).rejects.toEqual(
      code('upstream_certificate_invalid'),
    );
  });

  it('never ask for a tunnel to a denied destination, also after an earlier one was permitted', async () => {
    let now = 0;
    const upstream = await startUpstream((_request, response) => response.end('ok'));
    const proxy = await startProxy(upstream.port);
    let address = '1.1.1.1';
    const resolve: ResolveHost = (name, context) =>
      resolveTo(name === 'inside.example' ? '10.0.0.1' : address)(name, context);
    const pools = createPools({ mode: 'allow', proxy: proxy.url }, { resolve }, { now: () => now });
    await send(pools, 'http://flip.example');
    address = '10.0.0.1';
    await send(pools, 'http://flip.example');
    now = 300_000;
    for (const host of ['flip.example', '10.0.0.1', 'localhost', 'inside.example'])
      await expect(send(pools, `http://${host}`)).rejects.toEqual(code('egress_denied'));
    expect(proxy.tunnels.map(({ url }) => url)).toEqual(['flip.example:80']);
  });

  it('are unreachable if the proxy rejects the tunnel or does not respond', async () => {
    const rejecting = createServer().on('connect', (_request, socket: Socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'),
    );
    const silent = await startRawUpstream((socket) => socket.resume());
    for (const { port } of [await startServer(rejecting), silent]) {
      const proxy = new URL(`http://127.0.0.1:${port}`);
      const pools = createPools({ proxy }, { ...options, connectTimeoutMs: 100 });
      await expect(send(pools, 'http://upstream.example:8000')).rejects.toEqual(code('upstream_unreachable'));
    }
  });

  it('close the tunnel of an aborted call, before and after it is open', async () => {
    const upstream = await startRawUpstream((socket) => socket.resume());
    const proxy = await startProxy(upstream.port);
    const silent = await startRawUpstream((socket) => socket.resume());
    const open = createPools({ proxy: proxy.url }, options);
    const opening = createPools({ proxy: new URL(`http://127.0.0.1:${silent.port}`) }, options);
    const calls = [open, opening].map((pools) => startCall(pools, 'https://upstream.example:8443'));
    await until(() => upstream.connections() > 0 && silent.connections() > 0);
    await sleep(50);
    for (const call of calls) call.abort();
    for (const server of [upstream, silent, proxy]) await until(async () => (await server.open()) === 0);
    expect(calls.map(({ late }) => late)).toEqual([[], []]);
  });
});

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  closeAll,
  type CountedServer,
  resolveTo,
  startRawUpstream,
  startServer,
  startTrap,
  startUpstream,
} from '../fixtures/loopback-upstream';
import { closePools, createPools, send, startCall, until } from '../fixtures/pooled-calls';

const code = (expected: string) => expect.objectContaining({ code: expected });
const url = (port: number) => `http://127.0.0.1:${port}`;
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

const untilOpen = (server: CountedServer, count: number) =>
  until(async () => (await server.open()) === count);

afterEach(async () => {
  await closePools();
  await closeAll();
});

describe('a kept-alive connection of UpstreamPools', () => {
  /** Serves `calls` requests on each connection, and ends the connection at the next one in this way. */
  const startUnreliable = (calls: number, end: (socket: Socket) => void) =>
    startRawUpstream((socket) => {
      let left = calls;
      socket.on('data', () => (left-- > 0 ? socket.write(OK) : end(socket)));
    });

  it.each([
    ['ends', (socket: Socket) => socket.end()],
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('is replaced once if it %s before a byte of the response', async (_case, end) => {
    const { port, connections } = await startUnreliable(1, end);
    const pools = createPools();
    const body = [Buffer.alloc(30_000), Buffer.alloc(40_000)];
    for (let calls = 0; calls < 3; calls++)
      expect(String((await send(pools, url(port), { body })).body)).toBe('ok');
    expect(connections()).toBe(3);
  });

  it('is replaced if the upstream closed it before the call', async () => {
    const server = await startUpstream((_request, response) => response.end('ok'));
    const pools = createPools();
    for (let calls = 0; calls < 3; calls++) {
      await send(pools, url(server.port));
      server.disconnect();
    }
    expect(server.connections()).toBe(3);
  });

  it('is not replaced a second time', async () => {
    let requests = 0;
    const { port, connections } = await startRawUpstream((socket) => {
      socket.on('data', () => (requests++ === 0 ? socket.write(OK) : socket.end()));
    });
    const pools = createPools();
    await send(pools, url(port));
    await expect(send(pools, url(port))).rejects.toEqual(code('upstream_unreachable'));
    expect([requests, connections()]).toEqual([3, 2]);
  });

  it('is not replaced if it is new, because the upstream may have done the work', async () => {
    const { port, connections } = await startUnreliable(0, (socket) => socket.end());
    await expect(send(createPools(), url(port))).rejects.toEqual(code('upstream_unreachable'));
    expect(connections()).toBe(1);
  });

  it('is not replaced after a byte of the response', async () => {
    const { port, connections } = await startUnreliable(1, (socket) => socket.end('HTTP/1.1 2'));
    const pools = createPools();
    await send(pools, url(port));
    await expect(send(pools, url(port))).rejects.toEqual(code('upstream_unreachable'));
    expect(connections()).toBe(1);
  });

  it('is not replaced for a call that was aborted', async () => {
    const { port, connections } = await startUnreliable(1, () => undefined);
    const pools = createPools();
    await send(pools, url(port));
    const response = startCall(pools, url(port));
    await sleep(50);
    response.abort();
    await sleep(50);
    expect([connections(), response.late]).toEqual([1, []]);
  });

  it('closes after it was not used for the keep-alive time', async () => {
    const server = await startUpstream((_request, response) => response.end('ok'));
    const pools = createPools({}, {}, { keepAliveMs: 100 });
    await send(pools, url(server.port));
    await untilOpen(server, 0);
    await send(pools, url(server.port));
    expect(server.connections()).toBe(2);
  });

  it('closes before the upstream closes it', async () => {
    const upstream = createServer((_request, response) => response.end('ok'));
    upstream.keepAliveTimeout = 3000;
    const server = await startServer(upstream);
    await send(createPools(), url(server.port));
    await untilOpen(server, 0);
  });
});

describe('the age of the connections of UpstreamPools', () => {
  it.each([true, false])('is limited, with a call in progress: %s', async (isBusy) => {
    let now = 0;
    const slow: ServerResponse[] = [];
    const server = await startUpstream((request, response) => {
      if (request.url !== '/slow') return response.end('ok');
      slow.push(response.writeHead(200));
      return response.write('a');
    });
    const pools = createPools({}, {}, { now: () => now });
    await send(pools, url(server.port));
    now = 299_999;
    await send(pools, url(server.port));
    expect(server.connections()).toBe(1);
    const call = startCall(pools, `${url(server.port)}/slow`);
    await once(call.events, 'data');
    await send(pools, url(server.port));
    expect(server.connections()).toBe(2);
    if (!isBusy) {
      slow[0]!.end('b');
      await call.settled();
    }
    now = 300_000;
    await send(pools, url(server.port));
    if (isBusy) slow[0]!.end('b');
    expect(String((await call.settled()).body)).toBe('ab');
    await untilOpen(server, 1);
    await send(pools, url(server.port));
    expect(server.connections()).toBe(3);
  });

  it('lets the address be checked again', async () => {
    let now = 0;
    const { port, connections } = await startUpstream((_request, response) => response.end('ok'));
    const resolve = jest.fn(resolveTo('169.254.169.254')).mockImplementationOnce(resolveTo('127.0.0.1'));
    const pools = createPools({}, { resolve }, { now: () => now });
    const flip = `http://flip.example:${port}`;
    await send(pools, flip);
    await send(pools, flip);
    expect(resolve).toHaveBeenCalledTimes(1);
    now = 300_000;
    await expect(send(pools, flip)).rejects.toEqual(code('egress_denied'));
    expect(connections()).toBe(1);
  });

  it('does not permit a second connection to an address that is denied by then', async () => {
    const server = await startUpstream((request, response) => {
      if (request.url !== '/slow') response.end('ok');
      else response.writeHead(200).write('a');
    });
    const resolve = jest.fn(resolveTo('10.0.0.1')).mockImplementationOnce(resolveTo('127.0.0.1'));
    const pools = createPools({ mode: 'allow', allow: [] }, { resolve });
    const allowed = createPools(
      {},
      { resolve: jest.fn(resolveTo('169.254.169.254')).mockImplementationOnce(resolveTo('127.0.0.1')) },
    );
    const flip = `http://flip.example:${server.port}`;
    await expect(send(pools, flip)).rejects.toEqual(code('egress_denied'));
    const slow = startCall(allowed, `${flip}/slow`);
    await new Promise((done) => slow.events.once('data', done));
    await expect(send(allowed, flip)).rejects.toEqual(code('egress_denied'));
    slow.abort();
    expect(server.connections()).toBe(1);
  });
});

describe('the origins of UpstreamPools', () => {
  it('are limited: the connections of the least recently used one close', async () => {
    const start = () => startUpstream((_request, response) => response.end('ok'));
    const servers = [await start(), await start(), await start()] as const;
    const pools = createPools({}, {}, { maxOrigins: 2 });
    for (const index of [0, 1, 0, 2]) await send(pools, url(servers[index as 0].port));
    await untilOpen(servers[1], 0);
    for (const index of [0, 2]) await send(pools, url(servers[index as 0].port));
    expect(servers.map(({ connections }) => connections())).toEqual([1, 1, 1]);
  });

  it('are checked by the egress policy, by name and by address', async () => {
    const { port, connections } = await startTrap();
    const pools = createPools(
      { ownEndpoints: [{ host: '127.0.0.1', port }] },
      { resolve: resolveTo('127.0.0.1') },
    );
    for (const host of ['127.0.0.1', 'localhost', 'alias.example', '169.254.169.254'])
      await expect(send(pools, `http://${host}:${port}`)).rejects.toEqual(code('egress_denied'));
    expect(connections()).toBe(0);
  });

  it.each([
    [
      'rejects connections',
      async () => {
        const { port } = await startTrap();
        await closeAll();
        return url(port);
      },
    ],
    ['has no address', () => Promise.resolve('http://gone.example:8000')],
  ])('are unreachable if the host %s, and the next call tries again', async (_case, start) => {
    const resolve = jest.fn(() =>
      Promise.reject(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' })),
    );
    const pools = createPools({}, { resolve });
    const target = await start();
    for (let calls = 0; calls < 2; calls++)
      await expect(send(pools, target)).rejects.toEqual(code('upstream_unreachable'));
    expect(resolve).toHaveBeenCalledTimes(target.includes('gone') ? 2 : 0);
  });

  it('look names up for the account of the call', async () => {
    const { port } = await startUpstream((_request, response) => response.end('ok'));
    const resolve = jest.fn(resolveTo('127.0.0.1'));
    const pools = createPools({}, { resolve });
    const target = `http://name.example:${port}`;
    await Promise.all(['first', 'second'].map((accountId) => send(pools, target, { accountId })));
    const seen = resolve.mock.calls.map(
      (call) => (call as unknown as [string, { accountId: string }])[1].accountId,
    );
    expect(seen.sort()).toEqual(['first', 'second']);
  });
});

import { once } from 'node:events';
import { type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeAll, startRawUpstream, startUpstream } from '../fixtures/loopback-upstream';
import { closePools, createPools, send, startCall, until } from '../fixtures/pooled-calls';

const timeout = expect.objectContaining({
  code: 'llm_providers.upstream_timeout',
  kind: 'upstream_timeout',
});
const url = (port: number) => `http://127.0.0.1:${port}`;
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n';

afterEach(async () => {
  await closePools();
  await closeAll();
});

/** Sends `start`, then a byte each 10 ms. */
const startDribble = (start: string) =>
  startRawUpstream((socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write('a'), 10);
    socket.on('close', () => clearInterval(timer)).resume();
  });

describe('the deadlines of UpstreamPools', () => {
  it.each([
    ['says nothing', () => startRawUpstream((socket) => socket.resume())],
    ['sends headers byte by byte', () => startDribble('HTTP/1.1 200 OK\r\nx: ')],
    ['sends only the headers', () => startRawUpstream((socket) => void socket.resume().write(HEAD))],
    [
      'sends only informational responses',
      () =>
        startRawUpstream((socket) => {
          const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 10);
          socket.on('close', () => clearInterval(timer)).resume();
        }),
    ],
  ])('end a call to an upstream that %s at the time for the first byte', async (_case, start) => {
    const { port, connections } = await start();
    await expect(send(createPools(), url(port), { firstByteTimeoutMs: 100 })).rejects.toEqual(timeout);
    expect(connections()).toBe(1);
  });

  it('include the connection in the time for the first byte', async () => {
    const pools = createPools({}, { resolve: () => new Promise(() => {}) });
    const call = send(pools, 'http://slow.example:8000', { firstByteTimeoutMs: 50 });
    await expect(call).rejects.toEqual(timeout);
  });

  it('limit a connection that is not accepted', async () => {
    const { port } = await startRawUpstream((socket) => socket.resume());
    // The upstream never sends its part of the handshake.
    const pools = createPools({}, { connectTimeoutMs: 50 });
    await expect(send(pools, `https://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'upstream_unreachable',
    });
  });

  it('end a body that stalls, although time is left for the call', async () => {
    const { port } = await startRawUpstream((socket) => void socket.resume().write(`${HEAD}abc`));
    const response = startCall(createPools(), url(port), { firstByteTimeoutMs: 50, idleTimeoutMs: 100 });
    await response.settled();
    expect([response.error, String(response.body)]).toEqual([timeout, 'abc']);
  });

  it('do not end a body whose bytes arrive in time', async () => {
    const { port } = await startUpstream((_request, response) => {
      let left = 8;
      const timer = setInterval(() => {
        if (--left === 0) clearInterval(timer);
        response[left === 0 ? 'end' : 'write']('a');
      }, 50);
    });
    const { body } = await send(createPools(), url(port), { firstByteTimeoutMs: 5000, idleTimeoutMs: 300 });
    expect(String(body)).toBe('aaaaaaaa');
  });

  it.each([
    ['a body', HEAD],
    ['headers', 'HTTP/1.1 200 OK\r\nx: '],
  ])('end a call whose %s arrives byte by byte', async (_part, start) => {
    const { port } = await startDribble(start);
    await expect(send(createPools(), url(port), { deadlineMs: 150 })).rejects.toEqual(timeout);
  });

  it('rest while the caller has paused', async () => {
    const sockets: Socket[] = [];
    const { port } = await startRawUpstream((socket) => {
      sockets.push(socket);
      socket.resume().write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na');
    });
    const response = startCall(createPools(), url(port), { firstByteTimeoutMs: 500, idleTimeoutMs: 100 });
    response.onChunk = () => response.call.pause();
    await once(response.events, 'data');
    await sleep(400);
    expect(response.isEnded).toBe(false);
    response.onChunk = () => undefined;
    response.call.resume();
    sockets[0]!.write('b');
    await response.settled();
    expect([response.error, String(response.body)]).toEqual([null, 'ab']);
  });

  it('run again after the caller has resumed', async () => {
    const { port } = await startRawUpstream((socket) => void socket.resume().write(`${HEAD}a`));
    const response = startCall(createPools(), url(port), { idleTimeoutMs: 50 });
    response.events.once('data', () => {
      response.call.pause();
      response.call.resume();
    });
    expect((await response.settled()).error).toEqual(timeout);
  });

  it('end a paused call at the end of its whole time', async () => {
    const { port } = await startRawUpstream((socket) => void socket.resume().write(`${HEAD}a`));
    const response = startCall(createPools(), url(port), { deadlineMs: 200 });
    response.onChunk = () => response.call.pause();
    expect((await response.settled()).error).toEqual(timeout);
  });
});

describe('a paused call of UpstreamPools', () => {
  it('stops the upstream, and receives every byte after it resumes', async () => {
    const size = 64 << 20;
    let written = 0;
    const { port } = await startUpstream((_request, response) => {
      const fill = () => {
        while (written < size) {
          written += 1 << 20;
          if (!response.write(Buffer.alloc(1 << 20))) return response.once('drain', fill);
        }
        return response.end();
      };
      fill();
    });
    const response = startCall(createPools(), url(port));
    response.onChunk = () => response.call.pause();
    await once(response.events, 'data');
    const { length } = response.body;
    await sleep(200);
    expect(response.body.length).toBe(length);
    expect(written).toBeLessThan(size / 2);
    response.onChunk = () => undefined;
    response.call.resume();
    await response.settled();
    expect([response.error, response.body.length]).toEqual([null, size]);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['ends', (socket) => void socket.end()],
    ['resets', (socket) => void socket.resetAndDestroy()],
  ])('outlives an upstream that %s the connection after its last byte', async (_case, close) => {
    const sockets: Socket[] = [];
    const { port } = await startRawUpstream((socket) => {
      sockets.push(socket);
      socket.resume().write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc');
    });
    const response = startCall(createPools(), url(port));
    response.onChunk = () => response.call.pause();
    await once(response.events, 'data');
    close(sockets[0]!);
    await sleep(50);
    response.call.resume();
    await response.settled();
    expect(String(response.body)).toBe('abc');
  });

  it('can be aborted if the upstream closes the connection after its response', async () => {
    const server = await startRawUpstream(
      (socket) => void socket.resume().write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc'),
    );
    const response = startCall(createPools(), url(server.port));
    response.onChunk = () => response.call.pause();
    await once(response.events, 'data');
    await sleep(20);
    response.abort();
    await until(async () => (await server.open()) === 0);
    expect(response.late).toEqual([]);
  });

  it('can pause and resume at each chunk, and before the headers', async () => {
    const { port } = await startUpstream((_request, response) => response.end(Buffer.alloc(1 << 20)));
    const response = startCall(createPools(), url(port));
    response.call.pause();
    response.onChunk = () => {
      response.call.pause();
      setImmediate(() => response.call.resume());
    };
    await once(response.events, 'headers');
    response.call.resume();
    await response.settled();
    expect([response.error, response.body.length]).toEqual([null, 1 << 20]);
  });
});

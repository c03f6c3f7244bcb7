import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type ResolveHost } from '../egress/host-resolver';
import {
  closeAll,
  type CountedServer,
  createClient,
  LONG_MS,
  resolveTo,
  sendGet,
  startRawUpstream,
  startUpstream,
} from '../fixtures/loopback-upstream';

/** More than the buffers of both sockets hold, so that an unread body keeps its connection open. */
const UNREAD = Buffer.alloc(4 << 20, 0x20);
const CALLS = 5;
/** Undici closes an idle connection after 4 s, so a socket that is closed only by that limit counts as leaked. */
const PATIENCE_MS = 3000;

/** Waits until the client has closed every socket. Returns the number that it leaves open, and closes those. */
async function countLeaks({ open, disconnect }: CountedServer): Promise<number> {
  const ends = performance.now() + PATIENCE_MS;
  while ((await open()) > 0 && performance.now() < ends) await sleep(20);
  const leaks = await open();
  disconnect();
  return leaks;
}

describe('the sockets of GuardedHttpClient', () => {
  afterEach(closeAll);

  // No limit of the client ends these calls.
  const http = () => createClient({}, { headersTimeoutMs: LONG_MS, idleTimeoutMs: LONG_MS });
  const withHeaders = (status: number, headers: Record<string, string>) => (response: ServerResponse) => {
    response.writeHead(status, headers).write(UNREAD);
  };

  it.each([
    ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'zstd', 'gzip, gzip'].map(
      (encoding) =>
        [`the content encoding ${encoding}`, withHeaders(200, { 'content-encoding': encoding })] as const,
    ),
    ['a body that is not gzip', withHeaders(200, { 'content-encoding': 'gzip' })],
    ['a body beyond the limit', withHeaders(200, {})],
    [
      'a gzip bomb',
      (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync(UNREAD)),
    ],
    ['a redirect', withHeaders(307, { location: '/elsewhere' })],
    ['a rejection', withHeaders(401, {})],
    ['a rejection in an unknown encoding', withHeaders(500, { 'content-encoding': 'constructor' })],
    ['a body that stalls', (response) => void response.writeHead(200).write('{')],
    ['headers that stall', () => undefined],
  ] as readonly (readonly [string, (response: ServerResponse) => void])[])(
    'are closed after %s',
    async (_case, reply) => {
      const server = await startUpstream((_request, response) => reply(response));
      const client = http();
      const send = () => sendGet(client, `http://127.0.0.1:${server.port}`, { deadlineMs: 500 });
      await Promise.allSettled(Array.from({ length: CALLS }, send));
      expect(await countLeaks(server)).toBe(0);
    },
  );

  it('are closed when the connection opens after the deadline of its call', async () => {
    const server = await startRawUpstream((socket: Socket) => void socket.resume());
    const resolve: ResolveHost = async (host, context) => {
      await sleep(200);
      return resolveTo('127.0.0.1')(host, context);
    };
    const client = createClient({}, { resolve, headersTimeoutMs: LONG_MS, idleTimeoutMs: LONG_MS });
    await sendGet(client, `http://late.example:${server.port}`, { deadlineMs: 20 }).catch(() => undefined);
    await sleep(400);
    expect([server.connections(), await countLeaks(server)]).toEqual([0, 0]);
  });
});

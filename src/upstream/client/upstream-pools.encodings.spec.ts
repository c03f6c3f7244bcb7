import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { closeAll, startUpstream } from '../fixtures/loopback-upstream';
import { closePools, createPools, send, startCall } from '../fixtures/pooled-calls';

const url = (port: number) => `http://127.0.0.1:${port}`;
const plain = Buffer.from('data: {"hello":"world"}\n\n'.repeat(1000));
const invalid = expect.objectContaining({ code: 'llm_providers.upstream_invalid_response' });

afterEach(async () => {
  await closePools();
  await closeAll();
});

const respond = (encoding: string, bytes: Buffer, status = 200) =>
  startUpstream((_request, response) =>
    response.writeHead(status, { 'content-encoding': encoding, 'content-length': bytes.length }).end(bytes),
  );

describe('a body that comes encoded, although UpstreamPools asked for none', () => {
  it.each([
    ['identity', plain],
    ['gzip', gzipSync(plain)],
    ['X-GZIP', gzipSync(plain)],
    ['br', brotliCompressSync(plain)],
    ['deflate', deflateSync(plain)],
    ['deflate', deflateRawSync(plain)],
    ['gzip, identity', gzipSync(plain)],
    ['gzip', Buffer.alloc(0)],
  ])('is decoded from %s', async (encoding, bytes) => {
    const { port, connections } = await respond(encoding, bytes);
    const pools = createPools();
    for (let calls = 0; calls < 2; calls++) {
      const { body, headers } = await send(pools, url(port));
      expect(body.equals(bytes.length === 0 ? bytes : plain)).toBe(true);
      const isDecoded = encoding !== 'identity';
      expect([headers['content-encoding'], headers['content-length']]).toEqual(
        isDecoded ? [undefined, undefined] : [encoding, String(plain.length)],
      );
    }
    expect(connections()).toBe(1);
  });

  it('is passed on as it arrives', async () => {
    const { port } = await startUpstream((_request, response) => {
      const gzip = createGzip();
      gzip.pipe(response.writeHead(200, { 'content-encoding': 'gzip' }));
      gzip.write('first');
      gzip.flush(() => setTimeout(() => gzip.end('last'), 100));
    });
    const response = startCall(createPools(), url(port));
    await once(response.events, 'data');
    expect(String(response.body)).toBe('first');
    expect(String((await response.settled()).body)).toBe('firstlast');
  });

  it.each([
    ['two encodings', 'gzip, gzip', gzipSync(gzipSync(plain))],
    ['an unknown encoding', 'zstd', plain],
    ['a name of every object', 'constructor', plain],
    ['invalid gzip', 'gzip', plain],
    ['half a gzip stream', 'gzip', gzipSync(plain).subarray(0, 40)],
  ])('is an invalid response with %s', async (_case, encoding, bytes) => {
    const { port } = await respond(encoding, bytes);
    await expect(send(createPools(), url(port))).rejects.toMatchObject({
      code: 'llm_providers.upstream_invalid_response',
      upstreamStatus: 200,
    });
  });

  it.each([
    ['an unknown encoding', 'zstd', plain],
    ['invalid gzip', 'gzip', plain],
    ['half a gzip stream', 'gzip', gzipSync(plain).subarray(0, 40)],
  ])('keeps the status of a rejection with %s', async (_case, encoding, bytes) => {
    const { port } = await respond(encoding, bytes, 429);
    const { status, error, body } = await startCall(createPools(), url(port)).settled();
    expect([status, error]).toEqual([429, null]);
    expect(plain.subarray(0, body.length).equals(body)).toBe(true);
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(64 << 20))],
    ['br', brotliCompressSync(Buffer.alloc(64 << 20), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('is an error if it is a %s bomb', async (encoding, bomb) => {
    const { port } = await respond(encoding, bomb);
    const response = await startCall(createPools(), url(port)).settled();
    expect(response.error).toEqual(invalid);
    expect(response.body.length).toBeLessThan(16 << 20);
  });

  it('stops at a pause of the caller, and receives every byte after it', async () => {
    const size = 32 << 20;
    const bytes = gzipSync(Buffer.from('0123456789abcdef'.repeat(size / 16)), { level: 0 });
    const { port } = await respond('gzip', bytes);
    const response = startCall(createPools(), url(port));
    let isPausing = true;
    response.onChunk = () => isPausing && response.call.pause();
    await once(response.events, 'data');
    const { length } = response.body;
    await sleep(100);
    expect(response.body.length).toBe(length);
    isPausing = false;
    response.call.resume();
    expect((await response.settled()).error).toBeNull();
    expect(response.body.length).toBe(size);
  });
});

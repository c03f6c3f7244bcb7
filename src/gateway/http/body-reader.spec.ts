import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { eventually } from '../../../test/support/eventually';
import { loadConfig } from '../../config/config';
import { InFlightBytes } from '../call/in-flight-bytes';
import type { GatewayError } from '../dialect/gateway-error';
import { BodyReader } from './body-reader';

const MAX_BYTES = 1000;
const MINUTE_MS = 60_000;

describe('BodyReader', () => {
  let inFlight: InFlightBytes;
  let request: PassThrough;
  let done: jest.Mock<void, [GatewayError | null, Buffer]>;

  beforeEach(() => {
    inFlight = new InFlightBytes(loadConfig({}));
    done = jest.fn();
  });

  function start(headers: Record<string, string> = {}): BodyReader {
    request = Object.assign(new PassThrough(), { headers });
    const reservation = inFlight.reserve('token');
    const incoming = request as unknown as IncomingMessage;
    const reader = new BodyReader(incoming, reservation, MAX_BYTES, done);
    reader.start();
    return reader;
  }

  const untilDone = () => eventually('done', () => done.mock.calls.length > 0);

  it('does not copy a body that arrives in one piece', async () => {
    start({ 'content-length': '5' });
    const piece = Buffer.from('hello');
    request.end(piece);
    await untilDone();
    const [error, body] = done.mock.calls[0]!;
    expect([error, body.buffer === piece.buffer, inFlight.bytes]).toEqual([null, true, 5]);
  });

  it('joins pieces in memory of the announced size', async () => {
    start({ 'content-length': '10' });
    for (const piece of ['he', 'll', 'o wor']) request.write(piece);
    request.end('d');
    await untilDone();
    const [error, body] = done.mock.calls[0]!;
    expect([error, body.toString(), body.buffer.byteLength, inFlight.bytes]).toEqual([
      null,
      'hello word',
      10,
      10,
    ]);
  });

  it('reserves more memory as a body of unknown size grows', async () => {
    start();
    request.write('x'.repeat(10));
    await eventually('reserved', () => inFlight.bytes === 10);
    request.write('x');
    await eventually('doubled', () => inFlight.bytes === 20);
    request.end('x'.repeat(989));
    await untilDone();
    expect([done.mock.calls[0]![1].length, inFlight.bytes]).toEqual([1000, 1000]);
  });

  it('rejects a body that takes longer than two minutes, even if bytes arrive', async () => {
    const reader = start({ 'content-length': '10' });
    const startedAt = performance.now();
    request.write('x');
    reader.checkDeadline(startedAt + 2 * MINUTE_MS - 1000);
    expect(done).not.toHaveBeenCalled();
    reader.checkDeadline(startedAt + 2 * MINUTE_MS + 1000);
    expect(done.mock.calls[0]![0]).toMatchObject({ code: 'request_timeout' });
    request.end('x'.repeat(9));
    await new Promise(setImmediate);
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('calls nobody back after it was stopped', async () => {
    const reader = start({ 'content-length': '1' });
    reader.stop();
    request.end('x');
    reader.checkDeadline(Infinity);
    await new Promise(setImmediate);
    expect(done).not.toHaveBeenCalled();
  });
});

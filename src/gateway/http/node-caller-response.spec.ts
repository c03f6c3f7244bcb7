import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '../../../test/support/eventually';
import { UnsentResponses } from '../../http/server/unsent-responses';
import { NodeCallerResponse } from './node-caller-response';
import { OpenResponses } from './open-responses';

const REQUEST_ID = '01890000-0000-7000-8000-000000000000';
const MINUTE_MS = 60_000;
const OK = { 'content-type': 'application/json' };

describe('NodeCallerResponse', () => {
  const open = new OpenResponses();
  let server: Server;
  let caller: Socket;
  let raw: ServerResponse;
  let response: NodeCallerResponse;
  let closed: jest.Mock;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    caller = connect((server.address() as AddressInfo).port, '127.0.0.1');
    caller.on('error', () => undefined);
    caller.write('POST / HTTP/1.1\r\nHost: x\r\n\r\n');
    [, raw] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    closed = jest.fn();
    response = new NodeCallerResponse(raw, REQUEST_ID, { open, unsent: new UnsentResponses() }, closed);
  });
  afterEach(async () => {
    caller.destroy();
    server.close();
    await once(server, 'close');
  });
  afterAll(() => open.stop());

  /** Ends the connection after the response and returns what the caller received. */
  async function received(): Promise<string> {
    response.isLast = true;
    return text(caller);
  }

  it('sends a whole response with its length, both request ids and nosniff', async () => {
    const all = received();
    response.send(200, OK, Buffer.from('{"a":"é"}'));
    const message = (await all).toLowerCase();
    expect(message).toMatch(/^http\/1\.1 200 ok\r\n/);
    for (const line of [
      'content-length: 10',
      'content-type: application/json',
      `x-request-id: ${REQUEST_ID}`,
      `request-id: ${REQUEST_ID}`,
      'x-content-type-options: nosniff',
    ])
      expect(message).toContain(`\r\n${line}\r\n`);
    expect(message).not.toMatch(/access-control|cache-control|content-encoding/);
    expect([response.bytes, response.hasLeft, response.hasStarted]).toEqual([10, false, true]);
  });

  it('sends the headers of a stream with the first chunk, and keeps proxies from buffering it', async () => {
    const all = received();
    response.start(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    expect(response.write(Buffer.from('data: 1\n\n'))).toBe(true);
    response.end(Buffer.from('data: 2\n\n'));
    const message = await all;
    expect(message).toContain('cache-control: no-cache, no-transform\r\n');
    expect(message).toContain('x-accel-buffering: no\r\n');
    expect(message).toMatch(/\r\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n$/);
    expect(response.bytes).toBe(18);
  });

  it('ignores all but the first of send and start', async () => {
    const all = received();
    response.send(400, OK, Buffer.from('{}'));
    response.send(200, OK, Buffer.from('{"b":1}'));
    response.start(200, OK);
    response.write(Buffer.from('x'));
    response.end(Buffer.from('y'));
    expect(await all).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n\{\}$/);
    expect(response.bytes).toBe(2);
  });

  it('runs onClose once after the response, without a caller that left', async () => {
    const left = jest.fn();
    response.onLeave(left);
    const all = received();
    response.send(200, OK, Buffer.from('{}'));
    await all;
    await eventually('closed', () => closed.mock.calls.length > 0);
    caller.destroy();
    expect([closed.mock.calls.length, left.mock.calls.length, open.count]).toEqual([1, 0, 0]);
  });

  it.each([
    ['before the response', () => undefined],
    ['during a stream', () => response.start(200, OK)],
  ])('reports a caller that leaves %s', async (_when, begin) => {
    const left = jest.fn();
    response.onLeave(left);
    begin();
    response.write(Buffer.from('x'));
    caller.destroy();
    await eventually('closed', () => closed.mock.calls.length > 0);
    expect(left.mock.calls).toEqual([['client_closed']]);
    expect(response.hasLeft).toBe(true);
    // Nothing throws and nothing counts afterwards.
    const { bytes } = response;
    response.start(200, OK);
    response.write(Buffer.from('y'));
    response.end(Buffer.from('z'));
    response.send(200, OK, Buffer.from('{}'));
    expect(response.bytes).toBe(bytes);
  });

  it('reports a caller that had left before there was a listener', async () => {
    caller.destroy();
    await eventually('closed', () => closed.mock.calls.length > 0);
    const left = jest.fn();
    response.onLeave(left);
    expect(left.mock.calls).toEqual([['client_closed']]);
  });

  it('breaks the connection of an aborted response, which is no caller that left', async () => {
    const left = jest.fn();
    response.onLeave(left);
    response.start(200, { 'content-type': 'text/event-stream' });
    response.write(Buffer.from('data: 1\n\n'));
    response.abort();
    const message = await text(caller).catch(() => '');
    expect(message.endsWith('0\r\n\r\n')).toBe(false);
    await eventually('closed', () => closed.mock.calls.length > 0);
    expect([left.mock.calls, response.hasLeft]).toEqual([[], false]);
  });

  describe('with a caller that does not read', () => {
    const CHUNK = Buffer.alloc(2 ** 20, 'x');

    beforeEach(() => {
      caller.pause();
      response.start(200, { 'content-type': 'text/event-stream' });
      // More than the buffers of the system.
      for (let chunk = 0; chunk < 32; chunk++) response.write(CHUNK);
    });

    it('asks to stop, and reports when there is room again', async () => {
      const drained = jest.fn();
      response.onDrain(drained);
      expect(drained).not.toHaveBeenCalled();
      caller.resume();
      await eventually('drained', () => drained.mock.calls.length > 0);
      expect(response.write(Buffer.from('x'))).toBe(true);
    });

    it('disconnects the caller after a minute without progress, not earlier', async () => {
      const left = jest.fn();
      response.onLeave(left);
      response.checkPeer(1000);
      response.checkPeer(1000 + MINUTE_MS - 1);
      expect(raw.destroyed).toBe(false);
      response.checkPeer(1000 + MINUTE_MS);
      await eventually('closed', () => closed.mock.calls.length > 0);
      expect(left.mock.calls).toEqual([['client_stalled']]);
    });

    it('waits for as long as the caller reads a little', async () => {
      response.checkPeer(0);
      const before = raw.socket!.bytesWritten - raw.socket!.writableLength;
      caller.resume();
      await eventually('progress', () => raw.socket!.bytesWritten - raw.socket!.writableLength !== before);
      response.checkPeer(MINUTE_MS);
      expect(raw.destroyed).toBe(false);
    });

    it('disconnects it also after the end of the response', async () => {
      const left = jest.fn();
      response.onLeave(left);
      response.end();
      response.checkPeer(0);
      response.checkPeer(MINUTE_MS);
      await eventually('closed', () => closed.mock.calls.length > 0);
      // The call has ended for its dispatcher.
      expect([left.mock.calls, response.left]).toEqual([[], 'client_stalled']);
    });
  });
});

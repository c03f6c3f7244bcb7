import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { UnsentResponses } from './unsent-responses';

const MIB = 2 ** 20;

describe('UnsentResponses', () => {
  let unsent: UnsentResponses;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    unsent = new UnsentResponses();
  });
  afterEach(() => jest.useRealTimers());

  /** A response whose client reads when a test changes the queue of its connection. */
  class TestResponse extends Writable {
    readonly queue = { writeQueueSize: 0 };
    readonly socket = { _handle: this.queue };
  }

  function send(owner: string, body: string | Buffer): TestResponse {
    const response = new TestResponse();
    response.queue.writeQueueSize = body.length;
    unsent.add(owner, response as unknown as ServerResponse, body);
    return response;
  }
  const isOpen = (responses: readonly TestResponse[]) => responses.map(({ destroyed }) => !destroyed);
  const turn = () => new Promise(setImmediate);

  const stall = () => jest.advanceTimersByTime(5000);

  it('closes the oldest stalled response of an owner above 32 MiB', () => {
    const responses = [16, 16].map((size) => send('a', Buffer.alloc(size * MIB)));
    stall();
    responses.push(send('a', Buffer.alloc(16 * MIB)));
    const other = send('b', Buffer.alloc(MIB));
    expect(isOpen([...responses, other])).toEqual([false, true, true, true]);
  });

  it('closes a response above 32 MiB as soon as it has stalled', () => {
    const responses = [16, 16, 16].map((size) => send('a', Buffer.alloc(size * MIB)));
    expect(isOpen(responses)).toEqual([true, true, true]);
    jest.advanceTimersByTime(500);
    for (const { queue } of responses.slice(0, 2)) queue.writeQueueSize -= 1;
    stall();
    expect(isOpen(responses)).toEqual([true, true, false]);
  });

  it('closes no response that makes progress up to 128 MiB, and then the one of the owner with the most', () => {
    const other = send('b', Buffer.alloc(16 * MIB));
    const responses = [40, 40, 32].map((size) => send('a', Buffer.alloc(size * MIB)));
    expect(isOpen([other, ...responses])).toEqual([true, true, true, true]);
    const last = send('c', Buffer.alloc(MIB));
    expect(isOpen([other, ...responses, last])).toEqual([true, false, true, true, true]);
  });

  it('closes the response that has made no progress for the longest time', () => {
    const [slow, unread] = [send('a', Buffer.alloc(16 * MIB)), send('a', Buffer.alloc(15 * MIB))];
    stall();
    slow.queue.writeQueueSize -= 1;
    const last = send('a', Buffer.alloc(2 * MIB));
    expect(isOpen([slow, unread, last])).toEqual([true, false, true]);
  });

  it('remembers when a client last read', () => {
    const [stopped, slow] = [send('a', Buffer.alloc(16 * MIB)), send('a', Buffer.alloc(15 * MIB))];
    stall();
    stopped.queue.writeQueueSize -= 1;
    stall();
    slow.queue.writeQueueSize -= 1;
    stall();
    const last = send('a', Buffer.alloc(2 * MIB));
    expect(isOpen([stopped, slow, last])).toEqual([false, true, true]);
  });

  it('counts a text in bytes', () => {
    const responses = [send('a', 'é'.repeat(8 * MIB)), send('a', 'x'.repeat(16 * MIB))];
    stall();
    expect(isOpen(responses)).toEqual([true, true]);
    send('a', 'x'.repeat(MIB));
    expect(isOpen(responses)).toEqual([false, true]);
  });

  it('closes the oldest stalled response of the owner with the most above 64 MiB', () => {
    const [a, b] = ['a', 'b'].map((owner) =>
      [14, 14, 3].map((size) => send(owner, Buffer.alloc(size * MIB))),
    );
    const heaviest = send('b', 'x'.repeat(MIB));
    stall();
    const victim = send('c', Buffer.alloc(8 * MIB));
    expect(isOpen([...a!, ...b!, heaviest, victim])).toEqual([
      ...[true, true, true],
      ...[false, true, true],
      ...[true, true],
    ]);
  });

  it('counts a buffer once, and until its last response has ended', async () => {
    const shared = Buffer.alloc(31 * MIB);
    const responses = [shared, shared, shared].map((body) => send('a', body));
    stall();
    expect(isOpen(responses)).toEqual([true, true, true]);
    responses[0]!.destroy();
    responses[1]!.destroy();
    await turn();
    send('a', Buffer.alloc(2 * MIB));
    expect(responses[2]!.destroyed).toBe(true);
  });

  it('accepts a response above the limits if there is no other', () => {
    expect(isOpen([send('a', Buffer.alloc(129 * MIB))])).toEqual([true]);
  });

  it('does not count small bodies', () => {
    const small = Array.from({ length: 5000 }, () => send('a', 'x'.repeat(16 * 1024)));
    expect(isOpen(small)).not.toContain(false);
  });
});

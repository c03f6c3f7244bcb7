import { setTimeout as sleep } from 'node:timers/promises';
import { Batcher } from './batcher';
import { DomainError } from './domain-error';

describe('Batcher', () => {
  /** A batcher whose batches end when the test says so. */
  function createBatcher() {
    const batches: { keys: readonly string[]; end: () => void; fail: (error: Error) => void }[] = [];
    const batcher = new Batcher<string>(
      (keys) =>
        new Promise((resolve, reject) => {
          const end = () => resolve(new Map(keys.map((key) => [key, `${key}!`])));
          batches.push({ keys, end, fail: reject });
        }),
    );
    return { batcher, batches };
  }

  it('runs the first key immediately and collects the others until the batch ends', async () => {
    const { batcher, batches } = createBatcher();
    const results = ['a', 'b', 'c', 'b'].map((key) => batcher.run(key));
    expect(batches.map(({ keys }) => keys)).toEqual([['a']]);
    batches[0]!.end();
    expect(await results[0]).toBe('a!');
    expect(batches.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c']]);
    batches[1]!.end();
    expect(await Promise.all(results)).toEqual(['a!', 'b!', 'c!', 'b!']);
  });

  it('starts a batch after each call, even for a key of the batch in progress', async () => {
    const { batcher, batches } = createBatcher();
    const first = batcher.run('a');
    const second = batcher.run('a');
    batches[0]!.end();
    await first;
    expect(batches).toHaveLength(2);
    batches[1]!.end();
    expect(await second).toBe('a!');
  });

  it('puts at most 500 keys into a batch', async () => {
    const { batcher, batches } = createBatcher();
    const results = Array.from({ length: 1202 }, (_, key) => batcher.run(String(key)));
    for (let batch = 0; batch < 4; batch++) {
      batches[batch]!.end();
      await sleep(0);
    }
    await Promise.all(results);
    expect(batches.map(({ keys }) => keys.length)).toEqual([1, 500, 500, 201]);
  });

  it('resolves a key without a result to null', async () => {
    const batcher = new Batcher<string>(() => Promise.resolve(new Map()));
    expect(await batcher.run('a')).toBeNull();
  });

  it('waits 50 ms between two batches of deferrable keys alone', async () => {
    const { batcher, batches } = createBatcher();
    const results = [batcher.run('a', true)];
    batches[0]!.end();
    await results[0];
    results.push(batcher.run('b', true), batcher.run('c', true));
    expect(batches).toHaveLength(1);
    results.push(batcher.run('d'));
    expect(batches.map(({ keys }) => keys)).toEqual([['a'], ['d', 'b', 'c']]);
    batches[1]!.end();
    await Promise.all(results);
    const deferred = batcher.run('e', true);
    expect(batches).toHaveLength(2);
    await sleep(100);
    batches[2]!.end();
    expect(await deferred).toBe('e!');
  });

  it('waits the whole 50 ms for a timer that runs a millisecond early, and no longer if the clock stands still', async () => {
    jest.useFakeTimers({ now: 0 });
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    try {
      const { batcher, batches } = createBatcher();
      const first = batcher.run('a', true);
      batches[0]!.end();
      await first;
      const second = batcher.run('b', true);
      jest.advanceTimersByTime(50);
      expect(batches).toHaveLength(1);
      jest.advanceTimersByTime(1);
      batches[1]!.end();
      expect(await second).toBe('b!');
    } finally {
      clock.mockRestore();
      jest.useRealTimers();
    }
  });

  it('gives deferrable keys only the room that others leave', async () => {
    const { batcher, batches } = createBatcher();
    const results = [batcher.run('first')];
    for (let key = 0; key < 700; key++) results.push(batcher.run(String(key), true));
    results.push(batcher.run('urgent'), batcher.run('699'));
    batches[0]!.end();
    await results[0];
    const { keys, end } = batches[1]!;
    expect(keys).toHaveLength(500);
    expect(keys.slice(0, 3)).toEqual(['urgent', '699', '0']);
    end();
    expect(await results.at(-1)).toBe('699!');
    expect(await results[700]).toBe('699!');
    expect(batches).toHaveLength(2);
    await sleep(100);
    batches[2]!.end();
    await Promise.all(results);
    expect(batches[2]!.keys).toHaveLength(201);
  });

  it('rejects the waiting keys with an outage, and runs them after any other error', async () => {
    const { batcher, batches } = createBatcher();
    const outage = new DomainError('unavailable', 'database_unavailable', 'down');
    for (const [error, isShared] of [
      [outage, true],
      [new Error('other'), false],
    ] as const) {
      const [first, second] = [batcher.run('a'), batcher.run('b')];
      batches.at(-1)!.fail(error);
      await expect(first).rejects.toBe(error);
      if (isShared) await expect(second).rejects.toBe(error);
      else {
        batches.at(-1)!.end();
        expect(await second).toBe('b!');
      }
    }
  });
});

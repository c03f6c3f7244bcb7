import { setImmediate as nextTurn } from 'node:timers/promises';
import { turnsDuring } from '../../test/support/turns';
import { yieldIfLong } from './yield-if-long';

describe('yieldIfLong', () => {
  /** Works for `ms` milliseconds in pieces of one. */
  const work = async (ms: number): Promise<void> => {
    for (let piece = 0; piece < ms; piece += 1) {
      await yieldIfLong();
      const start = performance.now();
      while (performance.now() - start < 1);
    }
  };

  /** Ends the turn of the test before. */
  beforeEach(() => nextTurn());

  it('divides the time of a turn among all who work', async () => {
    // 200 ms of work in turns of 5 ms. If each of the ten had a turn's time, there were only 4 turns.
    const turns = await turnsDuring(() => Promise.all(Array.from({ length: 10 }, () => work(20))));
    expect(turns).toBeGreaterThan(15);
  });

  it('does not yield before the first piece of work', async () => {
    expect(await turnsDuring(() => work(1))).toBe(0);
  });
});

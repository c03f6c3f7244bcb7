import { setImmediate as nextTurn } from 'node:timers/promises';

const MAX_TURN_MS = 10;

/** Calls `work` for each item and yields to the event loop whenever that has taken 10 ms. */
export async function forEachYielding<T>(items: Iterable<T>, work: (item: T) => unknown): Promise<void> {
  let started = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - started < MAX_TURN_MS) continue;
    await nextTurn();
    started = performance.now();
  }
}

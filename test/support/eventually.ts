import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until `check` gives something truthy, and gives that; fails after `deadline` milliseconds. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  deadline = 5000,
): Promise<T> {
  const end = performance.now() + deadline;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within ${deadline} ms: ${what}`);
    await sleep(20);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { realNow } from './real-clock';

const POLL_INTERVAL_MS = 20;
/** Below the timeout of a test, so that the error names what did not happen. */
const HANG_TIMEOUT_MS = 5 * 60_000;

type Falsy = undefined | null | false;

/** Repeats `check` until it returns something truthy, and returns that. Throws when it hangs for five minutes. */
export async function eventually<T>(
  description: string,
  check: () => Promise<T | Falsy> | T | Falsy,
): Promise<T> {
  const end = realNow() + HANG_TIMEOUT_MS;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (realNow() > end) throw new Error(`never happened: ${description}`);
    await sleep(POLL_INTERVAL_MS);
  }
}

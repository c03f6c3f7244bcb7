import { setImmediate as nextTurn } from 'node:timers/promises';

/** Works through many items in portions; other requests get their turn in between. */
export async function inPortions<T>(
  items: readonly T[],
  size: number,
  work: (portion: readonly T[]) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += size) {
    if (start > 0) await nextTurn();
    work(items.slice(start, start + size));
  }
}

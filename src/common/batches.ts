import { setImmediate as nextTurn } from 'node:timers/promises';

/** Works through many items in portions; other requests get their turn in between. */
export async function inBatches<T>(
  items: readonly T[],
  size: number,
  work: (batch: readonly T[]) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += size) {
    if (start > 0) await nextTurn();
    work(items.slice(start, start + size));
  }
}

/** The JSON array of what `represent` makes of the items, in UTF-8: that of 100 000 models has some 40 MB. */
export async function jsonArray<T>(
  items: readonly T[],
  batchSize: number,
  toItem: (item: T) => unknown,
): Promise<Buffer> {
  const parts: string[] = [];
  await inBatches(items, batchSize, (batch) => parts.push(JSON.stringify(batch.map(toItem)).slice(1, -1)));
  return Buffer.from(`[${parts.join(',')}]`);
}

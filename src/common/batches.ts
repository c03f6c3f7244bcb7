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

/** The JSON array of what `represent` makes of the items, in UTF-8: that of 100 000 models has some 40 MB. */
export async function jsonArray<T>(
  items: readonly T[],
  perTurn: number,
  represent: (item: T) => unknown,
): Promise<Buffer> {
  const parts: string[] = [];
  await inPortions(items, perTurn, (portion) =>
    parts.push(JSON.stringify(portion.map(represent)).slice(1, -1)),
  );
  return Buffer.from(`[${parts.join(',')}]`);
}

import { setImmediate as nextTurn } from 'node:timers/promises';

/** Works through `items` in batches, waits for each one, and yields to the event loop between them. */
export async function inBatches<T>(
  items: readonly T[],
  size: number,
  work: (batch: readonly T[]) => unknown,
): Promise<void> {
  for (let start = 0; start < items.length; start += size) {
    if (start > 0) await nextTurn();
    await work(items.slice(start, start + size));
  }
}

/** Serialises a JSON array in UTF-8, batch by batch. */
export async function jsonArray<T>(
  items: readonly T[],
  batchSize: number,
  toItem: (item: T) => unknown,
): Promise<Buffer> {
  const parts: string[] = [];
  await inBatches(items, batchSize, (batch) => parts.push(JSON.stringify(batch.map(toItem)).slice(1, -1)));
  return Buffer.from(`[${parts.join(',')}]`);
}

/** Items per batch of {@link jsonObject}. */
const ITEMS_PER_BATCH = 500;

/** Serialises a plain object in UTF-8 like JSON.stringify, with its arrays batch by batch. */
export async function jsonObject(object: object): Promise<Buffer> {
  const members: Buffer[] = [];
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (value === undefined) continue;
    const json = Array.isArray(value)
      ? await jsonArray(value as unknown[], ITEMS_PER_BATCH, (item) => item)
      : Buffer.from(JSON.stringify(value));
    members.push(Buffer.from(`${members.length > 0 ? ',' : ''}${JSON.stringify(name)}:`), json);
  }
  return Buffer.concat([Buffer.from('{'), ...members, Buffer.from('}')]);
}

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

/** Items of an array that {@link jsonObject} serialises before other requests run. */
const ITEMS_PER_BATCH = 500;

/** Serialises a plain object in UTF-8 like JSON.stringify, with its arrays batch by batch. */
export async function jsonObject(object: object): Promise<Buffer> {
  const members: Buffer[] = [];
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (value === undefined) continue;
    const json = Array.isArray(value) ? await jsonArray(value) : Buffer.from(JSON.stringify(value));
    members.push(Buffer.from(`${members.length > 0 ? ',' : ''}${JSON.stringify(name)}:`), json);
  }
  return Buffer.concat([Buffer.from('{'), ...members, Buffer.from('}')]);
}

async function jsonArray(items: readonly unknown[]): Promise<Buffer> {
  const parts: string[] = [];
  await inBatches(items, ITEMS_PER_BATCH, (batch) => parts.push(JSON.stringify(batch).slice(1, -1)));
  return Buffer.from(`[${parts.join(',')}]`);
}

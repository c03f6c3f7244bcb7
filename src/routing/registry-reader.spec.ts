import { turnsDuring } from '../../test/support/turns';
import type { AccountId } from '../auth/caller';
import { loadConfig } from '../config/config';
import { type RegistryBatch, RegistryReader } from './registry-reader';

const accountId = 'account' as AccountId;
const note = 'x'.repeat(20_000);
const advancedText = JSON.stringify({ note });

interface Stored {
  readonly providers?: readonly object[];
  readonly models?: readonly { readonly id: string; readonly when_json: string }[];
  readonly routingMemoryMb?: string;
}

/** A reader of an account with one batch of providers, whose models all changed after revision 1. */
function createReader({ providers = [], models = [], routingMemoryMb = '1024' }: Stored) {
  const sizes: number[] = [];
  const ids = models.map(({ id }) => id);
  const reader = new RegistryReader(
    { read: (work: () => unknown) => work() } as never,
    { read: () => Promise.resolve(2) } as never,
    { between: () => Promise.resolve({ providers: [], models: [], modelsOf: ['p'] }) } as never,
    {
      walk: async function* (_id: AccountId, size: number) {
        sizes.push(size);
        yield await Promise.resolve(providers);
      },
    } as never,
    {
      walkIds: async function* () {
        yield await Promise.resolve(ids);
      },
      listIds: (_id: AccountId, _providers: unknown, limit: number) => Promise.resolve(ids.slice(0, limit)),
      listByIds: (_id: AccountId, wanted: readonly string[]) => {
        sizes.push(wanted.length);
        return Promise.resolve(models.filter(({ id }) => wanted.includes(id)));
      },
    } as never,
    { getStatus: () => Promise.resolve('ok') } as never,
    loadConfig({ ROUTING_MEMORY_MB: routingMemoryMb }),
  );
  const readAll = () =>
    reader.readAll(accountId, async (_revision, batches) => {
      const all: RegistryBatch[] = [];
      for await (const batch of batches) all.push(batch);
      return all;
    });
  return { reader, readAll, sizes };
}

function modelRows(count: number, rule = '{}') {
  return Array.from({ length: count }, (_, index) => ({
    id: `m${index}`,
    provider_id: 'p',
    aliases: null,
    pricing: null,
    tags: '[]',
    when_json: rule,
    advanced_json: advancedText,
    sealed_headers: null,
    headers_version: 0,
  }));
}

describe('RegistryReader', () => {
  // Databases reject a fraction as LIMIT.
  it.each([
    ['1', 4],
    ['18', 4],
    ['70', 17],
    ['5000', 25],
  ])('reads providers in whole batches with %s MiB', async (routingMemoryMb, size) => {
    const { readAll, sizes } = createReader({ routingMemoryMb });
    await readAll();
    expect(sizes).toEqual([size]);
  });

  it('reads models in batches, and divides a batch with long rules', async () => {
    const rule = JSON.stringify({ a: 'x'.repeat(20_000) });
    const { readAll, sizes } = createReader({ models: modelRows(210, rule) });
    const batches = await readAll();
    expect(sizes).toEqual([25, 100, 100, 10]);
    expect(Math.max(...batches.map(({ models }) => models.length))).toBe(4);
    expect(batches.flatMap(({ models }) => models.map(({ id }) => id))).toHaveLength(210);
  });

  const providerRows = Array.from({ length: 5000 }, (_, index) => ({
    id: `p${index}`,
    provider: 'openai',
    advancedJson: { note },
  }));

  it.each([
    ['providers', { providers: providerRows }],
    ['models', { models: modelRows(5000) }],
  ])('yields to the event loop between the rows of a batch of %s', async (_case, stored) => {
    const { readAll } = createReader(stored);
    expect(await turnsDuring(readAll)).toBeGreaterThan(3);
  });

  it.each([
    ['1000 models', modelRows(1000), false],
    ['1001 models', modelRows(1001), true],
    ['rules of less than 256 KiB', modelRows(10, JSON.stringify({ a: 'x'.repeat(26_000) })), false],
    ['rules of more than 256 KiB', modelRows(10, JSON.stringify({ a: 'x'.repeat(27_000) })), true],
  ])('returns null for changes that are too many: %s', async (_case, models, isNull) => {
    const update = await createReader({ models }).reader.readSince(accountId, 1);
    expect(update === null).toBe(isNull);
    if (update) expect(update.changes.models).toHaveLength(models.length);
  });
});

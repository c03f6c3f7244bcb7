import type { AccountId } from '../auth/caller';
import { loadConfig } from '../config/config';
import { RegistryReader } from './registry-reader';

/** Reads an empty registry. Returns the limit of the statement that lists providers. */
async function providerLimit(routingMemoryMb: string): Promise<unknown> {
  const listIds = jest.fn().mockResolvedValue([]);
  const reader = new RegistryReader(
    { read: (work: () => unknown) => work() } as never,
    { read: () => Promise.resolve(1) } as never,
    {} as never,
    { listIds, listByIds: () => Promise.resolve([]) } as never,
    { listIds: () => Promise.resolve([]) } as never,
    {} as never,
    loadConfig({ ROUTING_MEMORY_MB: routingMemoryMb }),
  );
  await reader.readAll('account' as AccountId, async (_revision, batches) => {
    for await (const batch of batches) expect(batch).toEqual({ providers: [], models: [] });
  });
  const [[, { limit }]] = listIds.mock.calls as [[AccountId, { limit: unknown }]];
  return limit;
}

describe('RegistryReader', () => {
  // Databases reject a fraction as LIMIT.
  it.each([
    ['1', 4],
    ['18', 4],
    ['70', 17],
    ['999', 249],
    ['5000', 250],
  ])('reads providers in whole batches with %s MiB', async (megabytes, limit) => {
    expect(await providerLimit(megabytes)).toBe(limit);
  });
});

import { Logger } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import type { RevisionTracker } from '../registry/revision-tracker';
import { modelRow, providerRow } from './engine/fixtures/registry-rows';
import { RoutingTable } from './engine/routing-table';
import { FakeRegistry } from './fixtures/fake-registry';
import { createTableStore, POLL_MS } from './fixtures/table-store';
import type { RoutingTableStore } from './routing-table-store';

const MINUTE = 60_000;
const [one, two] = ['one', 'two'] as [AccountId, AccountId];

describe('RoutingTableStore with little memory', () => {
  let database: FakeRegistry;
  let revisions: RevisionTracker;
  let tables: RoutingTableStore;

  const tooLarge = expect.objectContaining({ kind: 'unavailable', code: 'routing.too_large' }) as unknown;
  const provider = providerRow('p');
  const large = Array.from({ length: 4 }, (_, index) =>
    modelRow(provider, `m${index}`, { advancedText: `{"a":"${'x'.repeat(400_000)}"}` }),
  );
  let warnings: jest.SpyInstance;

  beforeEach(() => {
    jest.useFakeTimers();
    database = new FakeRegistry([one, two]);
    ({ tables, revisions } = createTableStore(database, { ROUTING_MEMORY_MB: '1' }));
    warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    database.batches = [
      { providers: [provider], models: [] },
      ...large.map((model) => ({ providers: [], models: [model] })),
    ];
  });

  afterEach(() => {
    tables.onApplicationShutdown();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const revisionOf = async (id: AccountId) => (await tables.current(id, 0)).revision;
  const poll = () => jest.advanceTimersByTimeAsync(POLL_MS);
  /** The reads since the last call. */
  const reads = () => database.reads.splice(0);
  const ownWrite = (id: AccountId, revision: number): void => {
    database.revisions.set(id, revision);
    revisions.learn(id, revision);
  };

  it('throws 503 for a table that does not fit, without reading it again until its revision changes', async () => {
    await expect(revisionOf(one)).rejects.toEqual(tooLarge);
    reads();
    for (let turn = 0; turn < 3; turn++) await expect(revisionOf(one)).rejects.toEqual(tooLarge);
    await jest.advanceTimersByTimeAsync(MINUTE);
    await expect(revisionOf(one)).rejects.toEqual(tooLarge);
    expect(reads().filter((read) => read.startsWith('all'))).toEqual([]);
    expect(warnings).toHaveBeenCalledTimes(1);

    database.batches = [];
    database.revisions.set(one, 2);
    await poll();
    expect(await revisionOf(one)).toBe(2);
    expect(tables.oversizedAccounts).toBe(0);
  });

  it('does not read a table that does not fit after every write', async () => {
    await expect(revisionOf(one)).rejects.toEqual(tooLarge);
    reads();
    for (let revision = 2; revision < 10; revision++) {
      ownWrite(one, revision);
      await expect(revisionOf(one)).rejects.toEqual(tooLarge);
    }
    expect(reads()).toEqual([]);
  });

  it('routes other accounts beside a table that does not fit, and is not stale', async () => {
    await expect(revisionOf(one)).rejects.toEqual(tooLarge);
    database.batches = [];
    expect(await revisionOf(two)).toBe(1);
    await poll();
    expect([tables.size, tables.staleSince]).toEqual([1, null]);
  });

  it('frees a table that a write made too large', async () => {
    database.batches = [];
    await revisionOf(one);
    database.changes = { providers: [provider], models: large };
    ownWrite(one, 2);
    await expect(revisionOf(one)).rejects.toEqual(tooLarge);
    await poll();
    expect([tables.size, tables.bytes, tables.staleSince, tables.oversizedAccounts]).toEqual([0, 0, null, 1]);
  });

  it('evicts the least recently used table when the next one needs its memory', async () => {
    database.batches = [];
    const bytes = jest.spyOn(RoutingTable.prototype, 'bytes', 'get');
    bytes.mockReturnValue(0.6 * 2 ** 20);
    for (const id of [one, two]) {
      await revisionOf(id);
      ownWrite(id, 2);
      await revisionOf(id);
      await jest.advanceTimersByTimeAsync(1);
    }
    reads();
    await revisionOf(two);
    expect([tables.size, reads()]).toEqual([1, []]);
  });
});

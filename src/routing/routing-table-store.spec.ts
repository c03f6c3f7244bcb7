import { Logger } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import type { RevisionTracker } from '../registry/revision-tracker';
import { modelRow, providerRow } from './engine/fixtures/registry-rows';
import { FakeRegistry } from './fixtures/fake-registry';
import { createTableStore, POLL_MS } from './fixtures/table-store';
import type { RoutingTableStore } from './routing-table-store';

const MINUTE = 60_000;
const [one, two, three] = ['one', 'two', 'three'] as [AccountId, AccountId, AccountId];

const outage = () => new DomainError('unavailable', 'database_unavailable', 'The database does not respond.');

describe('RoutingTableStore', () => {
  let database: FakeRegistry;
  let revisions: RevisionTracker;
  let tables: RoutingTableStore;
  let errors: jest.SpyInstance;

  beforeEach(() => {
    jest.useFakeTimers();
    errors = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    database = new FakeRegistry([one, two, three]);
    ({ tables, revisions } = createTableStore(database));
  });
  afterEach(() => {
    tables.onApplicationShutdown();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const revisionOf = async (id: AccountId, minimum = 0) => (await tables.current(id, minimum)).revision;
  const poll = () => jest.advanceTimersByTimeAsync(POLL_MS);
  /** The reads since the last call. */
  const reads = () => database.reads.splice(0);
  const ownWrite = (id: AccountId, revision: number): void => {
    database.revisions.set(id, revision);
    revisions.learn(id, revision);
  };

  it('loads a table once for concurrent and later requests', async () => {
    await Promise.all([revisionOf(one), revisionOf(one), revisionOf(two)]);
    expect(reads()).toEqual(['all of one', 'all of two']);
    expect(await revisionOf(one)).toBe(1);
    expect(reads()).toEqual([]);
    expect(tables.size).toBe(2);
  });

  it('throws if a table cannot be loaded, and loads it for the next request', async () => {
    database.failure = outage();
    await expect(revisionOf(one)).rejects.toBe(database.failure);
    database.failure = null;
    expect(await revisionOf(one)).toBe(1);
  });

  it('polls all revisions with one query and reads only outdated tables', async () => {
    await Promise.all([one, two, three].map((id) => revisionOf(id)));
    reads();
    database.revisions.set(two, 5);
    await poll();
    expect(reads()).toEqual(['revisions of one two three', 'two since 1']);
    expect(await revisionOf(two)).toBe(5);
    await poll();
    expect(reads()).toEqual(['revisions of one two three']);
  });

  it('polls the other accounts while it builds a large table', async () => {
    const provider = providerRow('p');
    const models = Array.from({ length: 1001 }, (_, index) => modelRow(provider, `m${index}`));
    database.batches = [{ providers: [provider], models }];
    await revisionOf(one);
    database.batches = [];
    await revisionOf(two);
    jest.spyOn(database.reader, 'readSince').mockImplementationOnce(() => new Promise(() => undefined));
    for (const revision of [2, 3]) {
      for (const id of [one, two]) database.revisions.set(id, revision);
      await poll();
      expect(tables.currentInMemory(two, 0)?.revision).toBe(revision);
    }
  });

  it('does not poll and is not stale without tables', async () => {
    database.failure = outage();
    await poll();
    expect(reads()).toEqual([]);
    expect(tables.staleSince).toBeNull();
  });

  it('reflects an own write immediately, with one read for concurrent requests', async () => {
    await revisionOf(one);
    reads();
    ownWrite(one, 2);
    expect(await Promise.all([revisionOf(one), revisionOf(one)])).toEqual([2, 2]);
    expect(reads()).toEqual(['one since 1']);
  });

  it('does not return the result of a refresh that began before a write', async () => {
    await revisionOf(one);
    ownWrite(one, 2);
    const release = database.hold();
    const early = revisionOf(one);
    await jest.advanceTimersByTimeAsync(0);
    ownWrite(one, 3);
    const late = [revisionOf(one), revisionOf(one)];
    release();
    expect(await Promise.all(late)).toEqual([3, 3]);
    expect(await early).toBeGreaterThanOrEqual(2);
    expect(reads()).toEqual(['all of one', 'one since 1', 'one since 2']);
  });

  it('does not return the result of a load that began before a write', async () => {
    const release = database.hold();
    const early = revisionOf(one);
    ownWrite(one, 2);
    const late = revisionOf(one);
    release();
    expect(await Promise.all([early, late])).toEqual([2, 2]);
  });

  it.each([
    ['the log of changes does not reach back', { hasLog: false }],
    ['there are many changes', { changes: { removedModels: Array.from({ length: 1001 }, String) } }],
  ])('reads everything if %s', async (_case, state) => {
    await revisionOf(one);
    Object.assign(database, state);
    ownWrite(one, 9);
    expect(await revisionOf(one)).toBe(9);
    expect(reads()).toEqual(['all of one', 'one since 1', 'all of one']);
  });

  it('throws 503 for a revision that the database has not reached', async () => {
    const error = { kind: 'unavailable', code: 'registry.revision_not_reached' };
    await expect(revisionOf(one, 2)).rejects.toMatchObject(error);
    expect(await revisionOf(one, 1)).toBe(1);
  });

  it('returns the last tables during an outage and reports its start', async () => {
    await revisionOf(one);
    database.failure = outage();
    await poll();
    const since = Date.now();
    await poll();
    expect(tables.staleSince).toBe(since);
    expect(await revisionOf(one, 1)).toBe(1);
    await expect(revisionOf(one, 2)).rejects.toBe(database.failure);
    database.failure = null;
    await poll();
    expect(tables.staleSince).toBeNull();
    expect(errors).not.toHaveBeenCalled();
  });

  it('waits for the database once per outage and own write', async () => {
    await revisionOf(one);
    ownWrite(one, 2);
    database.failure = outage();
    await poll();
    reads();
    expect(await revisionOf(one)).toBe(1);
    expect(await revisionOf(one)).toBe(1);
    expect(reads()).toEqual(['one since 1']);
    database.failure = null;
    ownWrite(one, 3);
    expect(await revisionOf(one)).toBe(3);
  });

  it('refreshes the other accounts if one cannot be read, and logs the error once', async () => {
    await Promise.all([one, two, three].map((id) => revisionOf(id)));
    database.failures.set(two, new SyntaxError('a corrupt row: sk-secret'));
    for (const id of [one, two, three]) database.revisions.set(id, 2);
    await poll();
    await poll();
    expect(await Promise.all([revisionOf(one), revisionOf(three)])).toEqual([2, 2]);
    expect(tables.staleSince).toBeNull();
    expect(errors).toHaveBeenCalledTimes(1);
    const error = expect.objectContaining({ name: 'SyntaxError' }) as unknown;
    expect(errors).toHaveBeenCalledWith(
      expect.objectContaining({ text: 'cannot read the registry of account two', error }),
    );
    expect(JSON.stringify(errors.mock.calls)).not.toContain('sk-secret');

    database.failures.clear();
    await poll();
    expect(await revisionOf(two)).toBe(2);
    database.failures.set(two, new SyntaxError('again'));
    database.revisions.set(two, 3);
    await poll();
    expect(errors).toHaveBeenCalledTimes(2);
  });

  it('reads everything if the database is behind the table', async () => {
    database.revisions.set(one, 9);
    expect(await revisionOf(one)).toBe(9);
    database.revisions.set(one, 4);
    database.hasLog = false;
    await poll();
    expect(await revisionOf(one)).toBe(4);
    reads();
    expect(await revisionOf(one)).toBe(4);
    expect(reads()).toEqual([]);
  });

  it('discards a table if applying changes fails', async () => {
    await revisionOf(one);
    database.revisions.set(one, 2);
    database.changes = { models: [null] };
    await poll();
    database.changes = {};
    reads();
    expect(await revisionOf(one)).toBe(2);
    expect(reads()).toEqual(['all of one']);
  });

  it('logs an unexpected error once', async () => {
    await revisionOf(one);
    database.failure = new TypeError('a bug');
    await poll();
    await poll();
    expect(errors).toHaveBeenCalledTimes(1);
    expect(errors).toHaveBeenCalledWith(expect.objectContaining({ text: 'cannot read the revisions' }));
  });

  it('does not poll while a poll is in progress', async () => {
    await revisionOf(one);
    const release = database.hold();
    await poll();
    await poll();
    release();
    expect(reads()).toEqual(['all of one', 'revisions of one']);
  });

  it('evicts only tables that are unused for ten minutes', async () => {
    await Promise.all([revisionOf(one), revisionOf(two)]);
    jest.setSystemTime(0); // A wall clock that steps back does not change an age.
    await jest.advanceTimersByTimeAsync(9 * MINUTE);
    await revisionOf(two);
    await jest.advanceTimersByTimeAsync(2 * MINUTE);
    expect(tables.size).toBe(1);
    reads();
    await Promise.all([revisionOf(one), revisionOf(two)]);
    expect(reads()).toEqual(['all of one']);
  });

  it('stops polling on shutdown', async () => {
    await revisionOf(one);
    tables.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(MINUTE);
    expect(reads()).toEqual(['all of one']);
  });
});

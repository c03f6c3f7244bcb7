import { Logger } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { type AppConfig, loadConfig } from '../config/config';
import { RevisionTracker } from '../registry/revision-tracker';
import { RoutingTable } from './engine/routing-table';
import { FakeRegistry } from './fixtures/fake-registry';
import { RoutingTableStore } from './routing-table-store';

const POLL_MS = 1000;
const MINUTE = 60_000;
const [one, two, three] = ['one', 'two', 'three'] as [AccountId, AccountId, AccountId];

const away = () => new DomainError('unavailable', 'database_unavailable', 'The database does not answer.');

describe('RoutingTables', () => {
  let database: FakeRegistry;
  let revisions: RevisionTracker;
  let tables: RoutingTableStore;
  let errors: jest.SpyInstance;

  beforeEach(() => {
    jest.useFakeTimers();
    errors = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    database = new FakeRegistry([one, two, three]);
    revisions = new RevisionTracker(database.accounts);
    const config: AppConfig = loadConfig({ REGISTRY_POLL_MS: String(POLL_MS) });
    tables = new RoutingTableStore(database.reader, revisions, config);
    tables.onModuleInit();
  });
  afterEach(() => {
    tables.onApplicationShutdown();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const revisionOf = async (id: AccountId, minimum = 0) => (await tables.current(id, minimum)).revision;
  const poll = () => jest.advanceTimersByTimeAsync(POLL_MS);
  /** What was read since this was last asked. */
  const reads = () => database.reads.splice(0);
  const ownWrite = (id: AccountId, revision: number): void => {
    database.revisions.set(id, revision);
    revisions.learn(id, revision);
  };

  it('loads a table once for all that ask at once, and reads nothing for those that come later', async () => {
    await Promise.all([revisionOf(one), revisionOf(one), revisionOf(two)]);
    expect(reads()).toEqual(['all of one', 'all of two']);
    expect(await revisionOf(one)).toBe(1);
    expect(reads()).toEqual([]);
    expect(tables.size).toBe(2);
  });

  it('throws where the first table cannot be loaded, and tries again for the next request', async () => {
    database.failure = away();
    await expect(revisionOf(one)).rejects.toBe(database.failure);
    database.failure = null;
    expect(await revisionOf(one)).toBe(1);
  });

  it('asks for all revisions in one poll, and reads only what is behind', async () => {
    await Promise.all([one, two, three].map((id) => revisionOf(id)));
    reads();
    database.revisions.set(two, 5);
    await poll();
    expect(reads()).toEqual(['revisions of one two three', 'two since 1']);
    expect(await revisionOf(two)).toBe(5);
    await poll();
    expect(reads()).toEqual(['revisions of one two three']);
  });

  it('asks nothing while there is no table, and is not stale', async () => {
    database.failure = away();
    await poll();
    expect(reads()).toEqual([]);
    expect(tables.staleSince).toBeNull();
  });

  it('follows an own write at once, with one reading for all that wait', async () => {
    await revisionOf(one);
    reads();
    ownWrite(one, 2);
    expect(await Promise.all([revisionOf(one), revisionOf(one)])).toEqual([2, 2]);
    expect(reads()).toEqual(['one since 1']);
  });

  it('does not take a reading that began before a write for one that shows it', async () => {
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

  it('does not take a load that began before a write for one that shows it', async () => {
    const release = database.hold();
    const early = revisionOf(one);
    ownWrite(one, 2);
    const late = revisionOf(one);
    release();
    expect(await Promise.all([early, late])).toEqual([2, 2]);
  });

  it('reads everything where the changes are not known', async () => {
    await revisionOf(one);
    database.hasLog = false;
    ownWrite(one, 9);
    expect(await revisionOf(one)).toBe(9);
    expect(reads()).toEqual(['all of one', 'one since 1', 'all of one']);
  });

  it('throws for a revision that the database does not have', async () => {
    const refusal = { kind: 'unavailable', code: 'registry.revision_not_reached' };
    await expect(revisionOf(one, 2)).rejects.toMatchObject(refusal);
    expect(await revisionOf(one, 1)).toBe(1);
  });

  it('goes on with the last tables while the database is away, and says since when', async () => {
    await revisionOf(one);
    database.failure = away();
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

  it('lets one request wait for a database that is away, then leaves it to the poll, until the next own write', async () => {
    await revisionOf(one);
    ownWrite(one, 2);
    database.failure = away();
    await poll();
    reads();
    expect(await revisionOf(one)).toBe(1);
    expect(await revisionOf(one)).toBe(1);
    expect(reads()).toEqual(['one since 1']);
    database.failure = null;
    ownWrite(one, 3);
    expect(await revisionOf(one)).toBe(3);
  });

  it('follows the other accounts where one cannot be read, and logs that once until it can be again', async () => {
    await Promise.all([one, two, three].map((id) => revisionOf(id)));
    database.failures.set(two, new SyntaxError('a row that was spoilt: sk-secret'));
    for (const id of [one, two, three]) database.revisions.set(id, 2);
    await poll();
    await poll();
    expect(await Promise.all([revisionOf(one), revisionOf(three)])).toEqual([2, 2]);
    expect(tables.staleSince).toBeNull();
    expect(errors).toHaveBeenCalledTimes(1);
    expect(errors).toHaveBeenCalledWith(expect.stringMatching(/registry of account two .*SyntaxError/));
    expect(JSON.stringify(errors.mock.calls)).not.toContain('sk-secret');

    database.failures.clear();
    await poll();
    expect(await revisionOf(two)).toBe(2);
    database.failures.set(two, new SyntaxError('once more'));
    database.revisions.set(two, 3);
    await poll();
    expect(errors).toHaveBeenCalledTimes(2);
  });

  it('reads everything anew where the database has gone back behind the table', async () => {
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

  it('gives a table up where a change could be applied by half', async () => {
    await revisionOf(one);
    database.revisions.set(one, 2);
    database.changes = { models: null };
    await poll();
    database.changes = {};
    reads();
    expect(await revisionOf(one)).toBe(2);
    expect(reads()).toEqual(['all of one']);
  });

  it('logs once what no database that is away explains', async () => {
    await revisionOf(one);
    database.failure = new TypeError('a mistake');
    await poll();
    await poll();
    expect(errors).toHaveBeenCalledTimes(1);
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('cannot read the revisions'));
  });

  it('does not poll again before the last answer has come', async () => {
    await revisionOf(one);
    reads();
    const release = database.hold();
    await poll();
    await poll();
    release();
    expect(reads()).toEqual(['revisions of one']);
  });

  it('gives up a table that nobody asked for in ten minutes, and no other', async () => {
    await Promise.all([revisionOf(one), revisionOf(two)]);
    await jest.advanceTimersByTimeAsync(9 * MINUTE);
    await revisionOf(two);
    await jest.advanceTimersByTimeAsync(2 * MINUTE);
    expect(tables.size).toBe(1);
    reads();
    await Promise.all([revisionOf(one), revisionOf(two)]);
    expect(reads()).toEqual(['all of one']);
  });

  it('gives up those that were used the longest ago where there are too many models, but never all', async () => {
    jest.spyOn(RoutingTable.prototype, 'size', 'get').mockReturnValue(600_000);
    for (const id of [one, two, three, one]) {
      await revisionOf(id);
      await jest.advanceTimersByTimeAsync(1);
    }
    await poll();
    reads();
    await revisionOf(one);
    expect([tables.size, reads()]).toEqual([1, []]);
  });

  it('polls no more once the service ends', async () => {
    await revisionOf(one);
    reads();
    tables.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(MINUTE);
    expect(reads()).toEqual([]);
  });
});

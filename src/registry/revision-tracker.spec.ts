import type { AccountsRepository } from '../accounts/accounts.repository';
import type { AccountId } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { databaseUnavailable } from '../database/database-errors';
import { RevisionTracker } from './revision-tracker';

const account = 'account' as AccountId;

/** A database whose reads return the revision at their start, when the test completes them. */
class SlowAccounts {
  revision = 1;
  readonly reads: ((failure?: Error) => void)[] = [];

  getRevision(): Promise<number> {
    const { revision } = this;
    return new Promise((resolve, reject) => {
      this.reads.push((failure) => (failure ? reject(failure) : resolve(revision)));
    });
  }
}

describe('RevisionTracker', () => {
  let accounts: SlowAccounts;
  let revisions: RevisionTracker;

  beforeEach(() => {
    accounts = new SlowAccounts();
    revisions = new RevisionTracker(accounts as unknown as AccountsRepository);
  });

  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('shares one read among callers that arrive during an earlier one', async () => {
    const first = revisions.readShared(account);
    accounts.revision = 2;
    const later = Array.from({ length: 5 }, () => revisions.readShared(account));
    expect(accounts.reads).toHaveLength(1);
    accounts.reads[0]!();
    expect(await first).toBe(1);
    await turn();
    expect(accounts.reads).toHaveLength(2);
    accounts.reads[1]!();
    expect(await Promise.all(later)).toEqual([2, 2, 2, 2, 2]);
    void revisions.readShared(account);
    expect(accounts.reads).toHaveLength(3);
  });

  it('reads again for waiting callers when the read before them fails', async () => {
    const first = revisions.readShared(account);
    const second = revisions.readShared(account);
    accounts.reads[0]!(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    await turn();
    accounts.reads[1]!();
    expect(await second).toBe(1);
  });

  it('fails waiting callers when the read before them finds the database down', async () => {
    const first = revisions.readShared(account);
    const second = revisions.readShared(account);
    accounts.reads[0]!(databaseUnavailable());
    await expect(first).rejects.toThrow(DomainError);
    await expect(second).rejects.toThrow(DomainError);
    expect(accounts.reads).toHaveLength(1);
    void revisions.readShared(account);
    expect(accounts.reads).toHaveLength(2);
  });

  it('keeps the latest revision and follows the database back to an earlier one', async () => {
    revisions.learn(account, 9);
    revisions.learn(account, 5);
    expect(revisions.latestKnown(account)).toBe(9);
    accounts.revision = 7;
    const read = revisions.read(account);
    accounts.reads[0]!();
    expect(await read).toBe(7);
    expect(revisions.latestKnown(account)).toBe(7);
  });

  it('keeps the revision of its own write during a read of an older state', async () => {
    revisions.learn(account, 1);
    const read = revisions.read(account);
    revisions.learn(account, 2);
    accounts.reads[0]!();
    expect(await read).toBe(1);
    expect(revisions.latestKnown(account)).toBe(2);
  });
});

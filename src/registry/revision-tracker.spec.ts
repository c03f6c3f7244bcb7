import type { AccountsRepository } from '../accounts/accounts.repository';
import type { AccountId } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { databaseUnavailable } from '../database/database-errors';
import { RevisionTracker } from './revision-tracker';

const account = 'account' as AccountId;

/** A database that answers when it is told to, with what it holds when it is asked. */
class SlowAccounts {
  revision = 1;
  readonly asked: ((failure?: Error) => void)[] = [];

  getRevision(): Promise<number> {
    const { revision } = this;
    return new Promise((resolve, reject) => {
      this.asked.push((failure) => (failure ? reject(failure) : resolve(revision)));
    });
  }
}

describe('RegistryRevisions', () => {
  let accounts: SlowAccounts;
  let revisions: RevisionTracker;

  beforeEach(() => {
    accounts = new SlowAccounts();
    revisions = new RevisionTracker(accounts as unknown as AccountsRepository);
  });

  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('asks once for all that come while it reads, and for each after it came', async () => {
    const first = revisions.readShared(account);
    accounts.revision = 2;
    const later = Array.from({ length: 5 }, () => revisions.readShared(account));
    expect(accounts.asked).toHaveLength(1);
    accounts.asked[0]!();
    expect(await first).toBe(1);
    await turn();
    expect(accounts.asked).toHaveLength(2);
    accounts.asked[1]!();
    expect(await Promise.all(later)).toEqual([2, 2, 2, 2, 2]);
    void revisions.readShared(account);
    expect(accounts.asked).toHaveLength(3);
  });

  it('reads again for those that waited where a reading fails', async () => {
    const first = revisions.readShared(account);
    const second = revisions.readShared(account);
    accounts.asked[0]!(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await turn();
    accounts.asked[1]!();
    expect(await second).toBe(1);
  });

  it('does not ask a database again that did not answer while they waited', async () => {
    const first = revisions.readShared(account);
    const second = revisions.readShared(account);
    accounts.asked[0]!(databaseUnavailable());
    await expect(first).rejects.toThrow(DomainError);
    await expect(second).rejects.toThrow(DomainError);
    expect(accounts.asked).toHaveLength(1);
    void revisions.readShared(account);
    expect(accounts.asked).toHaveLength(2);
  });

  it('knows the latest that it has seen, and goes back with a database that has', async () => {
    revisions.learn(account, 9);
    revisions.learn(account, 5);
    expect(revisions.latestKnown(account)).toBe(9);
    accounts.revision = 7;
    const read = revisions.read(account);
    accounts.asked[0]!();
    expect(await read).toBe(7);
    expect(revisions.latestKnown(account)).toBe(7);
  });

  it('keeps an own write that came while an older state was read', async () => {
    revisions.learn(account, 1);
    const read = revisions.read(account);
    revisions.learn(account, 2);
    accounts.asked[0]!();
    expect(await read).toBe(1);
    expect(revisions.latestKnown(account)).toBe(2);
  });
});

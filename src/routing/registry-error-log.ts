import { Logger } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { isOutage } from '../common/domain-error';
import { ErrorEntry } from '../observability/error-entry';

/** Logs unexpected errors of polls, once per account until it can be read again. Outages appear in /readyz and metrics. */
export class RegistryErrorLog {
  private readonly logger = new Logger('Routing');
  /** Accounts whose error was logged; null for an error of all accounts. */
  private readonly reported = new Set<AccountId | null>();

  report(accountId: AccountId | null, error: unknown): void {
    if (isOutage(error) || this.reported.has(accountId)) return;
    this.reported.add(accountId);
    const subject = accountId === null ? 'the revisions' : `the registry of account ${accountId}`;
    this.logger.error(new ErrorEntry(`cannot read ${subject}`, error));
  }

  /** Logs the next error of the account again. */
  clear(accountId: AccountId | null): void {
    this.reported.delete(accountId);
  }
}

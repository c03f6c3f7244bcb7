import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { type Addition, addToCounters } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';

/** The counters of an account. */
export interface AccountUsage {
  readonly providers: number;
  readonly models: number;
  readonly registryBytes: number;
}

const COUNTERS = 'provider_count, model_count, registry_bytes';
const HIGHEST =
  'MAX(provider_count) AS provider_count, MAX(model_count) AS model_count, MAX(registry_bytes) AS registry_bytes';

type CountersRow = Record<'provider_count' | 'model_count' | 'registry_bytes', number | string | null>;

/** The counters in `accounts` of what each account stores. */
@Injectable()
export class AccountUsageRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns false if the account does not exist or an addition exceeds its limit. */
  add(accountId: AccountId, additions: readonly Addition[]): Promise<boolean> {
    return addToCounters(this.unitOfWork.manager, 'accounts', accountId, additions);
  }

  async find(accountId: AccountId): Promise<AccountUsage | null> {
    const sql = `SELECT ${COUNTERS} FROM accounts WHERE id = ?`;
    const [row] = await this.unitOfWork.manager.query<CountersRow[]>(sql, [accountId]);
    return row ? toUsage(row) : null;
  }

  /** Returns the highest value of each counter among all accounts. */
  async findHighest(): Promise<AccountUsage> {
    const [row] = await this.unitOfWork.manager.query<CountersRow[]>(`SELECT ${HIGHEST} FROM accounts`);
    return toUsage(row!);
  }
}

/** Manually deleted rows can leave a counter too low, and even negative after later deletions. */
function toUsage(row: CountersRow): AccountUsage {
  const count = (value: number | string | null): number => Math.max(0, Number(value));
  return {
    providers: count(row.provider_count),
    models: count(row.model_count),
    registryBytes: count(row.registry_bytes),
  };
}

import { Inject, Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import type { Quotas } from '../config/quotas';
import { databaseBusy } from '../database/database-errors';
import type { Addition } from '../database/rows';
import { type AccountUsage, AccountUsageRepository } from './account-usage.repository';
import { quotaExceeded, type QuotaKind } from './quota.errors';
import type { Usage } from './usage';

/** Each counter with its column in `accounts` and its name in responses. */
const COUNTERS = [
  { counter: 'providers', column: 'provider_count', kind: 'providers' },
  { counter: 'models', column: 'model_count', kind: 'models' },
  { counter: 'registryBytes', column: 'registry_bytes', kind: 'registry_bytes' },
] as const satisfies readonly { counter: keyof AccountUsage; column: string; kind: QuotaKind }[];

/**
 * Counts what each account stores and rejects what exceeds its quotas. Call it in the transaction of the write, which
 * updates the counters in the account's row. The row lock makes concurrent writers count one after the other.
 */
@Injectable()
export class QuotasService {
  private readonly quotas: Quotas;

  constructor(
    private readonly usage: AccountUsageRepository,
    @Inject(APP_CONFIG) config: AppConfig,
  ) {
    this.quotas = config.quotas;
  }

  /** The quota of a kind, or null for none. */
  limitOf(kind: QuotaKind): number | null {
    const { providers, models, registryBytes, tokens } = this.quotas;
    return { providers, models, registry_bytes: registryBytes, tokens }[kind] || null;
  }

  /** Adds to the account's counters. Throws 409 if the result exceeds a quota. */
  async add(accountId: AccountId, usage: Usage): Promise<void> {
    const additions = this.additionsOf(usage);
    if (additions.length === 0 || (await this.usage.add(accountId, additions))) return;
    // The keys of a manually deleted account are still deleted.
    if (additions.every(({ amount }) => amount < 0)) return;
    throw await this.createRejection(accountId, usage);
  }

  /** Returns the additions of a statement that counts `usage` together with another change of the account's row. */
  additionsOf(usage: Usage): Addition[] {
    return COUNTERS.flatMap(({ counter, column, kind }) => {
      const amount = usage[counter] ?? 0;
      return amount === 0 ? [] : [{ column, amount, limit: this.limitOf(kind) }];
    });
  }

  /** Returns the error of additions that a statement rejected. */
  async createRejection(accountId: AccountId, usage: Usage): Promise<Error> {
    const current = await this.usage.find(accountId);
    if (!current) return new Error(`no account ${accountId}`);
    for (const { counter, kind } of COUNTERS) {
      const [used, requested, limit] = [current[counter], usage[counter] ?? 0, this.limitOf(kind)];
      if (limit !== null && requested > 0 && used + requested > limit) {
        return quotaExceeded(kind, { limit, used, requested });
      }
    }
    // On a cluster, another node may have freed space since the statement.
    return databaseBusy();
  }
}

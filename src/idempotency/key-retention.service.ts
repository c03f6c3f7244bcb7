import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { AccountId, Principal } from '../auth/caller';
import { hasScope } from '../auth/scopes';
import { timestampIn } from '../common/timestamp';
import { type DeleteInBatches, RetentionService } from '../database/retention.service';
import { UnitOfWork } from '../database/unit-of-work';
import { QuotasService } from '../quotas/quotas.service';
import type { IdempotencyKey } from './idempotency-key.entity';
import { tooManyKeys } from './idempotency.errors';
import {
  type Expiry,
  FIRST_ERROR_STATUS,
  IdempotencyRepository,
  type StoredKey,
} from './idempotency.repository';

/** The token that sends a key. */
export type KeyOwner = Pick<Principal, 'accountId' | 'tokenId' | 'scopes'>;

/** How long a successful response is stored. */
const RETENTION_MS = 24 * 3600 * 1000;

/** How long an error is stored. It changed nothing, so its request may run again. */
const ERROR_RETENTION_MS = 600_000;

/** Maximum keys of an account that are in flight or stored. */
const MAX_KEYS = 1000;

/**
 * The share of an account's keys and of their bytes that only `admin` tokens may use. Other tokens may create tokens, and
 * each new one has a share of its own, so together they use all of the rest.
 */
const ADMIN_SHARE = 1 / 5;

/** The stored responses of an account take at most this share of QUOTA_REGISTRY_MB. */
const MAX_SHARE_OF_QUOTA = 1 / 4;

/** Errors that a request at the limit evicts together, so that the next requests need not evict any. */
const EVICTION_BATCH_SIZE = 100;

/** Limits the keys of each account and token, and deletes expired ones. */
@Injectable()
export class KeyRetentionService implements OnModuleInit {
  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly quotas: QuotasService,
    private readonly retention: RetentionService,
  ) {}

  onModuleInit(): void {
    this.retention.add({
      rows: 'expired idempotency keys',
      deleteOld: (inBatches) => this.deleteAllExpired(inBatches),
    });
  }

  isExpired({ createdAt, status }: Pick<IdempotencyKey, 'createdAt' | 'status'>): boolean {
    const { success, error } = currentExpiry();
    return createdAt < (status !== null && status >= FIRST_ERROR_STATUS ? error : success);
  }

  /**
   * Evicts stored errors, those of the token first, until the token is within its share of the account's keys. Throws 429
   * if no error is left to evict. Runs in the transaction that has inserted a key of the token.
   *
   * A token may have as many keys as its account has left. One token alone gets half of them, so others always find some.
   * Tokens without `admin` leave {@link ADMIN_SHARE} of the account's keys.
   */
  async makeRoom({ accountId, tokenId, scopes }: KeyOwner): Promise<void> {
    const isAdmin = hasScope(scopes, 'admin');
    const share = isAdmin ? 1 : 1 - ADMIN_SHARE;
    const [maxKeys, maxBytes] = [MAX_KEYS * share, this.maxBytes * share];
    // Locks before the first read, whose snapshot then contains every key that was committed before.
    await this.keys.lockAccount(accountId);
    const since = currentExpiry().success;
    for (;;) {
      const { all, own, oldest } = await this.keys.countSince(accountId, tokenId, since);
      const retryAfterSeconds = Math.max(1, Math.ceil((Date.parse(oldest) - Date.parse(since)) / 1000));
      const hasKeys = own.keys <= maxKeys - all.keys;
      if (hasKeys && own.bytes <= maxBytes - all.bytes) return;
      const findErrors = () => this.keys.findErrors(accountId, tokenId, EVICTION_BATCH_SIZE);
      if ((await this.delete(accountId, findErrors)) > 0) continue;
      const limit = hasKeys ? 'bytes of responses for idempotency keys' : `${maxKeys} idempotency keys`;
      throw tooManyKeys(isAdmin ? limit : `${limit} for tokens without admin`, retryAfterSeconds);
    }
  }

  /** Deletes an expired key. Does nothing if it has been deleted meanwhile. */
  async deleteExpired(accountId: AccountId, id: string): Promise<void> {
    await this.unitOfWork.run(
      () => this.delete(accountId, () => this.keys.findExpired(accountId, currentExpiry(), 1, id)),
      accountId,
    );
  }

  private get maxBytes(): number {
    return (this.quotas.limitOf('registry_bytes') ?? Infinity) * MAX_SHARE_OF_QUOTA;
  }

  /** Deletes in transactions of one account each, because each frees the bytes of an account under its lock. */
  private async deleteAllExpired(inBatches: DeleteInBatches): Promise<void> {
    const expiry = currentExpiry();
    for (const id of await this.keys.findAccountsWithExpired(expiry)) {
      const accountId = id as AccountId;
      await inBatches((limit) =>
        this.delete(accountId, () => this.keys.findExpired(accountId, expiry, limit)),
      );
    }
  }

  /**
   * Deletes the keys that `find` returns and frees their bytes. Returns their number. Locks the account before `find`, so
   * that no concurrent deletion frees the same bytes.
   */
  private async delete(accountId: AccountId, find: () => Promise<StoredKey[]>): Promise<number> {
    await this.keys.lockAccount(accountId);
    const keys = await find();
    if (keys.length === 0) return 0;
    const freed = keys.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
    await this.quotas.add(accountId, { registryBytes: -freed });
    await this.keys.delete(keys);
    return keys.length;
  }
}

function currentExpiry(): Expiry {
  return { success: timestampIn(-RETENTION_MS), error: timestampIn(-ERROR_RETENTION_MS) };
}

import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { DomainError, isOutage } from '../common/domain-error';
import { newId } from '../common/ids';
import { timestamp, timestampIn } from '../common/timestamp';
import { CryptoService } from '../crypto/crypto.service';
import { UnitOfWork } from '../database/unit-of-work';
import { statusOf } from '../http/problem/problem';
import { SerializedJson } from '../http/response/http-response';
import { QuotasService } from '../quotas/quotas.service';
import type { IdempotencyKey } from './idempotency-key.entity';
import { IdempotencyRepository, type StoredKey } from './idempotency.repository';
import { packResponse, type PackedResponse, unpackResponse } from './packed-response';

/** How long a response is stored. */
const RETENTION_MS = 24 * 3600 * 1000;

/** How long a claim is valid. No request takes longer, so an older claim belongs to a process that died. */
const CLAIM_MS = 60_000;

/** Maximum keys of an account that are in flight or stored. */
const MAX_KEYS = 1000;

/** Errors after which the client may correct the cause and resend the request with the same key. */
const REPEATABLE = ['validation.failed', 'quota.exceeded'];

const PURGE_INTERVAL_MS = 600_000;
const PURGE_BATCH_SIZE = 500;

export interface IdempotentRequest {
  readonly accountId: AccountId;
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: unknown;
  /** The status of a successful response. */
  readonly status: number;
  /** Removes the fields of a response body that a replay must not show. */
  readonly toReplayable: (body: object) => object;
}

/** The response body, and whether it replays an earlier response. */
export interface IdempotentResult {
  readonly body: unknown;
  readonly replayed: boolean;
}

interface Claim {
  readonly id: string;
  readonly accountId: AccountId;
  readonly claimedBy: string;
}

interface StoredError {
  readonly kind: DomainError['kind'];
  readonly code: string;
  readonly detail: string;
  readonly errors?: DomainError['errors'];
}

/**
 * Runs the work of each `Idempotency-Key` once. The transaction of the work stores the response, so a crash leaves both
 * or neither. Among errors, only 409 and 422 are stored, because others may not recur.
 */
@Injectable()
export class IdempotencyService {
  private purgedAt = -Infinity;

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly crypto: CryptoService,
    private readonly quotas: QuotasService,
  ) {}

  /**
   * Throws 409 while the first request is in flight, 422 if the key was used with another body, and 429 if the account has
   * too many keys.
   */
  async run(request: IdempotentRequest, work: () => Promise<unknown>): Promise<IdempotentResult> {
    this.purgeInBackground();
    const claim = await this.claim(request);
    if ('result' in claim) return claim.result;
    let stored = false;
    const store = async (body: unknown): Promise<void> => {
      if (typeof body !== 'object' || body === null) return;
      await this.complete(claim, request.status, await packResponse(request.toReplayable(body)));
      stored = true;
    };
    try {
      await this.assertFewKeys(claim);
      const body = await this.unitOfWork.withBeforeCommit(store, work);
      if (!stored) await this.release(claim);
      return { body, replayed: false };
    } catch (error) {
      const settled = this.settleFailure(claim, error);
      // After an outage, the caller has already waited for the database once.
      if (!isOutage(error)) await settled;
      throw error;
    }
  }

  private async claim(request: IdempotentRequest): Promise<Claim | { result: IdempotentResult }> {
    for (;;) {
      // Each attempt has its own unit of work: concurrent inserts of one key may deadlock, and a retry needs a new
      // snapshot.
      const outcome = await this.unitOfWork.run(() => this.tryClaim(request));
      if (outcome !== 'retry') return outcome;
    }
  }

  /**
   * Throws 429 if the account has too many keys. Counts after the claim is committed, so that concurrent claims cannot all
   * miss each other.
   */
  private async assertFewKeys({ accountId }: Claim): Promise<void> {
    const since = timestampIn(-RETENTION_MS);
    const { count, oldest } = await this.keys.countSince(accountId, since);
    if (count > MAX_KEYS) throw tooManyKeys(Math.ceil((Date.parse(oldest) - Date.parse(since)) / 1000));
  }

  private async tryClaim(
    request: IdempotentRequest,
  ): Promise<Claim | { result: IdempotentResult } | 'retry'> {
    const id = this.hash([request.accountId, request.method, request.path, request.key]);
    const bodyHmac = this.hash(request.body);
    const claimedBy = newId();
    const claimedUntil = timestampIn(CLAIM_MS);
    const { accountId } = request;
    const claim: Claim = { id, accountId, claimedBy };
    const row = { ...claim, bodyHmac, claimedUntil, createdAt: timestamp() };
    if (await this.keys.tryInsert({ ...row, status: null, response: null, storedBytes: 0 })) return claim;
    const existing = await this.keys.find(id);
    if (!existing) return 'retry';
    if (existing.createdAt < timestampIn(-RETENTION_MS)) {
      await this.delete(accountId, [existing]);
      return 'retry';
    }
    if (existing.bodyHmac !== bodyHmac) throw keyReused();
    if (existing.status !== null) return { result: await this.replay(existing, existing.status) };
    if (isInForce(existing.claimedUntil)) throw requestInFlight();
    if (!(await this.keys.takeOver(id, existing.claimedBy, claimedBy, claimedUntil))) throw requestInFlight();
    return claim;
  }

  /** Returns the stored response, exactly as it was first sent. Throws the stored error. */
  private async replay({ id, response }: IdempotencyKey, status: number): Promise<IdempotentResult> {
    const text = response ?? (await unpackResponse(await this.keys.listParts(id)));
    // A creation's Location needs its id. Other responses are sent as they are, because parsing a long one is slow.
    if (status === 200) return { body: new SerializedJson(text), replayed: true };
    const body: unknown = JSON.parse(text);
    if (status < 400) return { body, replayed: true };
    const { kind, code, detail, errors } = body as StoredError;
    throw new DomainError(kind, code, detail, { errors });
  }

  private async settleFailure(claim: Claim, error: unknown): Promise<void> {
    const isStorable = error instanceof DomainError && !REPEATABLE.includes(error.code);
    if (!isStorable || !['conflict', 'invalid'].includes(error.kind)) return this.release(claim);
    const { kind, code, detail, errors } = error;
    const stored: StoredError = { kind, code, detail, errors };
    const response = await packResponse(stored);
    // Without room for the response, a repeat runs again.
    await this.unitOfWork
      .run(() => this.complete(claim, statusOf(kind), response))
      .catch(() => this.release(claim));
  }

  /** Stores a response and counts it. Throws 409 if another request has the claim or the account has no room. */
  private async complete(claim: Claim, status: number, response: PackedResponse): Promise<void> {
    const { storedBytes } = response;
    await this.quotas.add(claim.accountId, { registryBytes: storedBytes });
    const isOurs = await this.keys.complete(claim.id, claim.claimedBy, { status, storedBytes }, response);
    if (!isOurs) throw requestInFlight();
  }

  /** Ignores failures, because the claim expires anyway. */
  private async release({ id, claimedBy }: Claim): Promise<void> {
    await this.unitOfWork.run(() => this.keys.release(id, claimedBy)).catch(() => undefined);
  }

  private hash(value: unknown): string {
    return this.crypto.hmac('idempotency', JSON.stringify(value)).toString('hex');
  }

  /** Deletes expired keys in the background, at most every ten minutes. Failures are retried at the next interval. */
  private purgeInBackground(): void {
    if (performance.now() - this.purgedAt < PURGE_INTERVAL_MS) return;
    this.purgedAt = performance.now();
    void this.purge().catch(() => undefined);
  }

  private async purge(): Promise<void> {
    const before = timestampIn(-RETENTION_MS);
    for (const accountId of await this.keys.findAccountsBefore(before)) {
      // One account with many writers must not stop the others.
      await this.purgeAccount(accountId as AccountId, before).catch(() => undefined);
    }
  }

  private async purgeAccount(accountId: AccountId, before: string): Promise<void> {
    const deleteBatch = async (): Promise<number> => {
      const keys = await this.keys.findBefore(accountId, before, PURGE_BATCH_SIZE);
      if (keys.length > 0) await this.delete(accountId, keys);
      return keys.length;
    };
    while ((await this.unitOfWork.run(deleteBatch)) === PURGE_BATCH_SIZE);
  }

  /** Deletes keys and frees their bytes. Throws and changes nothing if another request has deleted one of them. */
  private async delete(accountId: AccountId, keys: readonly StoredKey[]): Promise<void> {
    const freed = keys.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
    await this.quotas.add(accountId, { registryBytes: -freed });
    if (!(await this.keys.delete(keys))) throw requestInFlight();
  }
}

/**
 * Whether a claim has not expired. A claim far in the future was made before the wall clock stepped back. Another
 * request may take it over, because only the holder of the claim can commit.
 */
function isInForce(claimedUntil: string): boolean {
  return claimedUntil > timestamp() && claimedUntil <= timestampIn(2 * CLAIM_MS);
}

function requestInFlight(): DomainError {
  const detail =
    'The first request with this Idempotency-Key is still running. Retry after the seconds in Retry-After.';
  return new DomainError('conflict', 'idempotency.in_flight', detail, { retryAfterSeconds: 1 });
}

function tooManyKeys(secondsToOldest: number): DomainError {
  const retryAfterSeconds = Math.max(1, secondsToOldest);
  const detail = `The account has ${MAX_KEYS} idempotency keys, which are stored for 24 hours. Retry after Retry-After, or send the request without Idempotency-Key.`;
  return new DomainError('rate_limited', 'idempotency.too_many_keys', detail, { retryAfterSeconds });
}

function keyReused(): DomainError {
  const detail = 'This Idempotency-Key was used with another body. Use a new key for a new request.';
  return new DomainError('invalid', 'idempotency.key_reused', detail);
}

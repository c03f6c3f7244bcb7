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
import { keyReused, requestInFlight } from './idempotency.errors';
import { FIRST_ERROR_STATUS, IdempotencyRepository } from './idempotency.repository';
import { type KeyOwner, KeyRetentionService } from './key-retention.service';
import { packResponse, type PackedResponse, unpackResponse } from './packed-response';

/** How long a claim is valid. No request takes longer, so an older claim belongs to a process that died. */
const CLAIM_MS = 60_000;

/** Errors after which the client may correct the cause and resend the request with the same key. */
const REPEATABLE = ['validation.failed', 'quota.exceeded'];

export interface IdempotentRequest {
  readonly owner: KeyOwner;
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
  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly crypto: CryptoService,
    private readonly quotas: QuotasService,
    private readonly retention: KeyRetentionService,
  ) {}

  /**
   * Throws 409 while the first request is in flight, 422 if the key was used with another body, and 429 if the token has
   * used its share of the account's keys.
   */
  async run(request: IdempotentRequest, work: () => Promise<unknown>): Promise<IdempotentResult> {
    const claim = await this.claim(request);
    if ('result' in claim) return claim.result;
    let stored = false;
    const store = async (body: unknown): Promise<void> => {
      if (typeof body !== 'object' || body === null) return;
      await this.complete(claim, request.status, await packResponse(request.toReplayable(body)));
      stored = true;
    };
    try {
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
    const { accountId } = request.owner;
    const id = this.hash([accountId, request.method, request.path, request.key]);
    for (;;) {
      // Each attempt has its own unit of work: concurrent inserts of one key may deadlock, and a retry needs a new
      // snapshot.
      const outcome = await this.unitOfWork.run(() => this.tryClaim(id, request), accountId);
      if (typeof outcome === 'object') return outcome;
      if (outcome === 'expired') await this.retention.deleteExpired(accountId, id);
    }
  }

  /** Returns `deleted` or `expired` if the existing key is no longer valid. */
  private async tryClaim(
    id: string,
    { owner, body }: IdempotentRequest,
  ): Promise<Claim | { result: IdempotentResult } | 'deleted' | 'expired'> {
    const { accountId, tokenId } = owner;
    const bodyHmac = this.hash(body);
    const claimedBy = newId();
    const claimedUntil = timestampIn(CLAIM_MS);
    const claim: Claim = { id, accountId, claimedBy };
    const row = { ...claim, tokenId, bodyHmac, claimedUntil, createdAt: timestamp() };
    if (await this.keys.tryInsert({ ...row, status: null, response: null, storedBytes: 0 })) {
      await this.retention.makeRoom(owner);
      return claim;
    }
    const existing = await this.keys.find(id);
    if (!existing) return 'deleted';
    if (this.retention.isExpired(existing)) return 'expired';
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
    if (status < FIRST_ERROR_STATUS) return { body, replayed: true };
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
      .run(() => this.complete(claim, statusOf(kind), response), claim.accountId)
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
  private async release({ id, accountId, claimedBy }: Claim): Promise<void> {
    await this.unitOfWork.run(() => this.keys.release(id, claimedBy), accountId).catch(() => undefined);
  }

  private hash(value: unknown): string {
    return this.crypto.hmac('idempotency', JSON.stringify(value)).toString('hex');
  }
}

/**
 * Whether a claim has not expired. A claim far in the future was made before the wall clock stepped back. Another
 * request may take it over, because only the holder of the claim can commit.
 */
function isInForce(claimedUntil: string): boolean {
  return claimedUntil > timestamp() && claimedUntil <= timestampIn(2 * CLAIM_MS);
}

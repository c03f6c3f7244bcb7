import { Injectable } from '@nestjs/common';
import { DomainError, isOutage } from '../common/domain-error';
import { newId } from '../common/ids';
import { timestamp } from '../common/timestamp';
import { CryptoService } from '../crypto/crypto.service';
import { UnitOfWork } from '../database/unit-of-work';
import { statusOf } from '../http/problem/problem';
import { IdempotencyRepository } from './idempotency.repository';

/** How long an answer is kept. */
const KEEP_MS = 24 * 3600 * 1000;

/** No request takes longer than this; a claim older than it is of a process that died. */
const CLAIM_MS = 60_000;

const PURGE_EVERY_MS = 600_000;
const PURGE_BATCH = 500;

export interface IdempotentRequest {
  readonly accountId: string;
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: unknown;
  /** Status of a first answer that succeeds. */
  readonly status: number;
  /** Turns an answer's body into what a replay may show. */
  readonly replayable: (body: object) => object;
}

/** The answer to give, and whether it is the repetition of an earlier one. */
export interface IdempotentResult {
  readonly body: unknown;
  readonly replayed: boolean;
}

interface Claim {
  readonly id: string;
  readonly claimedBy: string;
}

interface StoredError {
  readonly kind: DomainError['kind'];
  readonly code: string;
  readonly detail: string;
  readonly errors?: DomainError['errors'];
}

/**
 * Does the work of one `Idempotency-Key` once. The answer is stored in the transaction of the work, so that after a
 * crash there are both or neither. Of failures only 409 and 422 are stored, being the work's own.
 */
@Injectable()
export class IdempotencyService {
  private purgedAt = 0;

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly crypto: CryptoService,
  ) {}

  /** 409 while the first request is in flight, 422 for another body under the same key. */
  async run(request: IdempotentRequest, work: () => Promise<unknown>): Promise<IdempotentResult> {
    this.purgeSoon();
    const claim = await this.claim(request);
    if ('answer' in claim) return claim.answer;
    let stored = false;
    const store = async (body: unknown): Promise<void> => {
      if (typeof body !== 'object' || body === null) return;
      const text = JSON.stringify(request.replayable(body));
      stored = await this.keys.complete(claim.id, claim.claimedBy, request.status, text);
      if (!stored) throw inFlight();
    };
    try {
      const body = await this.unitOfWork.withBeforeCommit(store, work);
      if (!stored) await this.release(claim);
      return { body, replayed: false };
    } catch (error) {
      const settled = this.settleFailure(claim, error);
      // A database that does not answer has kept the caller waiting already.
      if (!isOutage(error)) await settled;
      throw error;
    }
  }

  private async claim(request: IdempotentRequest): Promise<Claim | { answer: IdempotentResult }> {
    for (;;) {
      // A unit of work of its own each time: many inserts of one key at once may deadlock, and a second look needs
      // a new snapshot.
      const outcome = await this.unitOfWork.run(() => this.tryClaim(request));
      if (outcome !== 'again') return outcome;
    }
  }

  private async tryClaim(
    request: IdempotentRequest,
  ): Promise<Claim | { answer: IdempotentResult } | 'again'> {
    const id = this.hash([request.accountId, request.method, request.path, request.key]);
    const bodyHmac = this.hash(request.body);
    const claimedBy = newId();
    const claimedUntil = timestamp(Date.now() + CLAIM_MS);
    const row = { id, accountId: request.accountId, bodyHmac, claimedBy, claimedUntil };
    if (await this.keys.tryInsert({ ...row, status: null, response: null, createdAt: timestamp() })) {
      return { id, claimedBy };
    }
    const known = await this.keys.find(id);
    if (!known) return 'again';
    if (known.createdAt < timestamp(Date.now() - KEEP_MS)) {
      await this.keys.delete(id);
      return 'again';
    }
    if (known.bodyHmac !== bodyHmac) throw otherBody();
    if (known.status !== null) return { answer: replay(known.status, known.response ?? 'null') };
    if (known.claimedUntil > timestamp()) throw inFlight();
    if (!(await this.keys.takeOver(id, known.claimedBy, claimedBy, claimedUntil))) throw inFlight();
    return { id, claimedBy };
  }

  private async settleFailure(claim: Claim, error: unknown): Promise<void> {
    // A body that fails validation has started nothing; it may be mended and sent again.
    const started = error instanceof DomainError && error.code !== 'validation.failed';
    if (!started || !['conflict', 'invalid'].includes(error.kind)) return this.release(claim);
    const { kind, code, detail, errors } = error;
    const stored: StoredError = { kind, code, detail, errors };
    await this.settle(() =>
      this.keys.complete(claim.id, claim.claimedBy, statusOf(kind), JSON.stringify(stored)),
    );
  }

  private release({ id, claimedBy }: Claim): Promise<void> {
    return this.settle(() => this.keys.release(id, claimedBy));
  }

  /** Should it fail, the claim lapses by itself. */
  private async settle(write: () => Promise<unknown>): Promise<void> {
    await this.unitOfWork.run(write).catch(() => undefined);
  }

  private hash(value: unknown): string {
    return this.crypto.hmac('idempotency', JSON.stringify(value)).toString('hex');
  }

  /** Behind the requests: what fails is tried again ten minutes later. */
  private purgeSoon(): void {
    if (Date.now() - this.purgedAt < PURGE_EVERY_MS) return;
    this.purgedAt = Date.now();
    void this.purge().catch(() => undefined);
  }

  private async purge(): Promise<void> {
    const before = timestamp(Date.now() - KEEP_MS);
    const deleteSome = () => this.keys.deleteCreatedBefore(before, PURGE_BATCH);
    while ((await this.unitOfWork.run(deleteSome)) === PURGE_BATCH);
  }
}

function replay(status: number, response: string): IdempotentResult {
  const body: unknown = JSON.parse(response);
  if (status < 400) return { body, replayed: true };
  const { kind, code, detail, errors } = body as StoredError;
  throw new DomainError(kind, code, detail, { errors });
}

function inFlight(): DomainError {
  const detail = 'The first request with this Idempotency-Key is still being worked on.';
  return new DomainError('conflict', 'idempotency.in_flight', detail, { retryAfterSeconds: 1 });
}

function otherBody(): DomainError {
  const detail = 'This Idempotency-Key was used with another body. Take a new key for a new request.';
  return new DomainError('invalid', 'idempotency.key_reused', detail);
}

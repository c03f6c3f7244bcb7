import { Injectable } from '@nestjs/common';
import { timestamp } from '../common/clock';
import { DomainError } from '../common/domain-error';
import { newId } from '../common/ids';
import { statusOf } from '../common/problem';
import { CryptoService } from '../crypto/crypto.service';
import { UnitOfWork } from '../database/unit-of-work';
import { IdempotencyRepository } from './idempotency.repository';

/** How long an answer is kept. */
const KEEP_MS = 24 * 3600 * 1000;

/** No request takes longer than this; a claim older than it is of a process that died. */
const CLAIM_MS = 60_000;

const PURGE_EVERY_MS = 600_000;

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
export interface IdempotentAnswer {
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
  async run(request: IdempotentRequest, work: () => Promise<unknown>): Promise<IdempotentAnswer> {
    await this.purge();
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
      if (!stored) await this.keys.release(claim.id, claim.claimedBy);
      return { body, replayed: false };
    } catch (error) {
      await this.settleFailure(claim, error);
      throw error;
    }
  }

  private async claim(request: IdempotentRequest): Promise<Claim | { answer: IdempotentAnswer }> {
    const id = this.hash([request.accountId, request.method, request.path, request.key]);
    const bodyHmac = this.hash(request.body);
    const claimedBy = newId();
    const claimedUntil = timestamp(Date.now() + CLAIM_MS);
    const row = { id, accountId: request.accountId, bodyHmac, claimedBy, claimedUntil };
    if (await this.keys.tryInsert({ ...row, status: null, response: null, createdAt: timestamp() })) {
      return { id, claimedBy };
    }
    const known = await this.keys.find(id);
    if (!known) return this.claim(request);
    if (known.createdAt < timestamp(Date.now() - KEEP_MS)) {
      await this.keys.delete(id);
      return this.claim(request);
    }
    if (known.bodyHmac !== bodyHmac) throw otherBody();
    if (known.status !== null) return { answer: replay(known.status, known.response ?? 'null') };
    if (known.claimedUntil > timestamp()) throw inFlight();
    if (!(await this.keys.takeOver(id, known.claimedBy, claimedBy, claimedUntil))) throw inFlight();
    return { id, claimedBy };
  }

  private async settleFailure({ id, claimedBy }: Claim, error: unknown): Promise<void> {
    // A body that fails validation has started nothing; it may be mended and sent again.
    const started = error instanceof DomainError && error.code !== 'validation.failed';
    if (started && ['conflict', 'invalid'].includes(error.kind)) {
      const { kind, code, detail, errors } = error;
      const stored: StoredError = { kind, code, detail, errors };
      await this.keys.complete(id, claimedBy, statusOf(kind), JSON.stringify(stored)).catch(() => undefined);
    } else {
      // Should this fail too, the claim lapses by itself.
      await this.keys.release(id, claimedBy).catch(() => undefined);
    }
  }

  private hash(value: unknown): string {
    return this.crypto.hmac('idempotency', JSON.stringify(value)).toString('hex');
  }

  private async purge(): Promise<void> {
    if (Date.now() - this.purgedAt < PURGE_EVERY_MS) return;
    this.purgedAt = Date.now();
    await this.keys.deleteCreatedBefore(timestamp(Date.now() - KEEP_MS));
  }
}

function replay(status: number, response: string): IdempotentAnswer {
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

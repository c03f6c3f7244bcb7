import type { IncomingMessage } from 'node:http';
import { PayloadTooLargeException, RequestTimeoutException } from '@nestjs/common';
import { DomainError } from '../../common/domain-error';
import type { BodyBudget } from './body-budget';

const BODY_LIMIT_BYTES = 256 * 1024;

/** What one body may take. */
export interface BodyLimits {
  readonly budget: BodyBudget;
  /** The owner of the body in the budget. */
  readonly caller: string;
  readonly timeoutMs: number;
}

type Done = (error: Error | null, body: Buffer) => void;

const NOTHING = Buffer.alloc(0);

/**
 * Reads a body of at most 256 KiB within the budget, into one growing buffer. A list of chunks would take many times
 * the memory of a body that arrives byte by byte. Calls `done` once and releases the budget when it returns.
 */
export function readBody(
  payload: IncomingMessage,
  { budget, caller, timeoutMs }: BodyLimits,
  done: Done,
): void {
  const reservation = budget.reserve(caller);
  const announced = Number(payload.headers['content-length'] ?? BODY_LIMIT_BYTES);
  let body: Buffer = NOTHING;
  let length = 0;
  let timer: NodeJS.Timeout | undefined;

  function settle(error: Error | null): void {
    clearTimeout(timer);
    payload.off('data', onData).off('end', onEnd).off('error', onAbort).off('close', onAbort);
    // The rest of a rejected body is discarded, and so is the error of its connection.
    if (error) payload.on('error', () => undefined).resume();
    try {
      done(error, error ? NOTHING : body.subarray(0, length));
    } finally {
      reservation.release();
    }
  }
  function onData(chunk: Buffer): void {
    const needed = length + chunk.length;
    if (needed > BODY_LIMIT_BYTES) return settle(new PayloadTooLargeException());
    if (needed > body.length) {
      const capacity = Math.min(announced, Math.max(needed, 2 * body.length));
      if (!reservation.resize(capacity)) return settle(tooManyBodies());
      const larger = Buffer.allocUnsafe(capacity);
      body.copy(larger, 0, 0, length);
      body = larger;
    }
    chunk.copy(body, length);
    length = needed;
  }
  const onEnd = (): void => settle(null);
  const onAbort = (): void => settle(connectionLost());

  if (announced > BODY_LIMIT_BYTES) return settle(new PayloadTooLargeException());
  if (!payload.complete) timer = setTimeout(() => settle(new RequestTimeoutException()), timeoutMs);
  payload.on('data', onData).on('end', onEnd).on('error', onAbort).on('close', onAbort);
}

function tooManyBodies(): DomainError {
  const detail = 'Too many request bodies are arriving. Retry after the seconds in Retry-After.';
  return new DomainError('unavailable', 'body.too_many_in_flight', detail, { retryAfterSeconds: 1 });
}

/** Nobody receives it, but the log shows it. */
function connectionLost(): DomainError {
  const detail = 'The connection ended before the body. Send the whole body.';
  return new DomainError('malformed', 'request.malformed', detail);
}

import type { IncomingHttpHeaders } from 'node:http';
import type { TargetSettings } from '../target/gateway-target';

const FIRST_BYTE_MS = 300_000;
/** Shorter, so that another target can take over from a server that accepts a call and stays silent. */
const FIRST_BYTE_WITH_OTHERS_MS = 120_000;
const IDLE_MS = 300_000;
/** The limit of the SDKs themselves. */
const WHOLE_MS = 600_000;
const WHOLE_STREAM_MS = 3_600_000;

/** The timeouts that the SDKs of both vendors send, in seconds. Python's `stream()` sends a word instead of a number. */
const CALLER_TIMEOUTS = ['x-stainless-timeout', 'x-stainless-read-timeout'];

/** Milliseconds for one attempt, as the pool takes them. */
export interface AttemptDeadlines {
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly deadlineMs: number;
}

/** Returns how long the caller waits, in milliseconds from its request. Infinity if it does not say. */
export function callerTimeoutMs(headers: IncomingHttpHeaders): number {
  let timeoutMs = Infinity;
  for (const name of CALLER_TIMEOUTS) {
    const seconds = Number(headers[name] ?? '');
    if (seconds > 0) timeoutMs = Math.min(timeoutMs, seconds * 1000);
  }
  return timeoutMs;
}

/**
 * Returns the deadlines of one attempt. The rest of the caller's own timeout limits a whole response that is not streamed,
 * and the first byte of a stream.
 *
 * @param callerLeftMs the rest of the caller's timeout, or Infinity
 */
export function attemptDeadlines(
  { timeoutMs, firstByteTimeoutMs, idleTimeoutMs }: TargetSettings,
  isStream: boolean,
  hasOtherTargets: boolean,
  callerLeftMs: number,
): AttemptDeadlines {
  const callerMs = Math.max(1, callerLeftMs);
  const wholeMs = timeoutMs ?? (isStream ? WHOLE_STREAM_MS : WHOLE_MS);
  const firstMs =
    firstByteTimeoutMs ?? (isStream && hasOtherTargets ? FIRST_BYTE_WITH_OTHERS_MS : FIRST_BYTE_MS);
  return {
    deadlineMs: isStream ? wholeMs : Math.min(wholeMs, callerMs),
    firstByteTimeoutMs: Math.min(firstMs, wholeMs, callerMs),
    idleTimeoutMs: idleTimeoutMs ?? IDLE_MS,
  };
}

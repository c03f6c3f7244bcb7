import { GatewayError, type GatewayErrorCode } from '../dialect/gateway-error';
import { type CodeMeaning, type Failure, FAILURE_CODES, type FailureCode, type FailureKind } from './failure';

/** One failed attempt of a call. */
export interface FailedAttempt {
  /** `provider^model`. */
  readonly selector: string;
  readonly failure: Failure;
}

/** A client that must wait longer should give up instead. */
const MAX_CLIENT_WAIT_MS = 60_000;
/** Before a repeat of a call whose only attempt failed without a known wait. */
const SHORT_WAIT_MS = 1000;

/** Errors of a configuration, which last until somebody changes it. */
const BY_CONFIGURATION: ReadonlySet<GatewayErrorCode> = new Set<GatewayErrorCode>([
  'upstream_auth_failed',
  'upstream_quota',
  'model_not_found',
  'endpoint_not_supported',
  'no_usable_target',
]);

/** The upstream, or Caret itself, has too much to do. */
const OVERLOADED: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'upstream_overloaded',
  'too_many_calls',
  'no_memory',
]);

/** Kinds of which the last decides, if there is no other kind. */
const COMMON_CODES: readonly (readonly [
  ReadonlySet<FailureKind>,
  Partial<Record<FailureKind, GatewayErrorCode>>,
])[] = [
  [new Set(['rate_limited']), { rate_limited: 'rate_limit_exceeded' }],
  [new Set(['auth', 'quota']), { auth: 'upstream_auth_failed', quota: 'upstream_quota' }],
  [
    new Set(['model_missing', 'endpoint_missing']),
    { model_missing: 'model_not_found', endpoint_missing: 'endpoint_not_supported' },
  ],
];

/**
 * Returns the error of a call whose attempts all failed, none of them by the caller's fault. Names each attempt, with the
 * upstream's words.
 */
export function finalError(attempts: readonly FailedAttempt[]): GatewayError {
  const failures = attempts.map(({ failure }) => failure);
  const code = findCode(failures);
  const waits = failures.map(({ retryAfterMs }) => retryAfterMs).filter((each) => each !== null);
  const message = [...new Set(attempts.map(describeAttempt))].join('; ');
  return new GatewayError(code, `${message}.`, adviseRetry(code, attempts.length, waits));
}

/** Returns the phrase of one attempt, such as `anthropic-main^claude-x responded with 503: "…"`. */
export function describeAttempt({ selector, failure }: FailedAttempt): string {
  const { code, status, words } = failure;
  const { phrase: known }: CodeMeaning = FAILURE_CODES[code];
  const phrase = known ?? `responded with ${status ?? 'an error'}`;
  const shownStatus = known !== undefined && status !== null ? ` (HTTP ${status})` : '';
  return `${selector} ${phrase}${shownStatus}${words === null ? '' : `: "${words}"`}`;
}

function findCode(failures: readonly Failure[]): GatewayErrorCode {
  const last = failures.at(-1);
  if (last === undefined) return 'no_usable_target';
  for (const [kinds, codes] of COMMON_CODES) {
    if (failures.every(({ kind }) => kinds.has(kind))) return codes[last.kind]!;
  }
  if (failures.every(({ code }) => OVERLOADED.has(code))) return 'overloaded';
  if (failures.every(({ kind }) => kind === 'not_sent')) return 'no_usable_target';
  switch (last.code) {
    case 'upstream_timeout':
    case 'upstream_truncated':
    case 'upstream_invalid_response':
      return last.code;
    default:
      return 'upstream_error';
  }
}

/** Advises the SDK to repeat the call after this wait, unless the wait is too long. */
export function adviseWait(retryAfterMs: number): GatewayError['details'] {
  return { retryAfterMs, shouldRetry: retryAfterMs <= MAX_CLIENT_WAIT_MS };
}

function adviseRetry(
  code: GatewayErrorCode,
  attempts: number,
  waits: readonly number[],
): GatewayError['details'] {
  const retryAfterMs = waits.length > 0 ? Math.min(...waits) : undefined;
  if (BY_CONFIGURATION.has(code)) return { shouldRetry: false };
  if (retryAfterMs !== undefined) return adviseWait(retryAfterMs);
  return attempts > 1 ? { shouldRetry: false } : { retryAfterMs: SHORT_WAIT_MS, shouldRetry: true };
}

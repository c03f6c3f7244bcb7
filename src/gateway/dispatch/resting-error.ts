import { GatewayError } from '../dialect/gateway-error';
import { adviseWait } from '../failure/attempt-failures';
import type { RestReason, TargetState } from '../health/target-health';
import type { GatewayTarget } from '../target/gateway-target';

/** The most targets that a message names. */
const MAX_NAMED = 5;

const REASONS: Readonly<Record<RestReason, string>> = {
  rate_limit: 'reached a rate limit',
  quota: 'has no quota left',
  credentials: "rejected the provider's credentials",
  model_not_found: 'does not have the model',
  failures: 'failed repeatedly',
};

/** Reasons of the provider's account, which no wait corrects. */
const OF_ACCOUNT: ReadonlySet<RestReason> = new Set<RestReason>(['quota', 'credentials']);

/** A target that must not be called now. */
export interface RestingTarget {
  readonly target: GatewayTarget;
  readonly state: Exclude<TargetState, { readonly state: 'usable' }>;
}

/** Returns the error of a call whose targets all rest. `now` is of the monotonic clock. */
export function restingError(resting: readonly RestingTarget[], now: number): GatewayError {
  const waitMs = Math.max(1, Math.min(...resting.map(({ state }) => state.untilMs)) - now);
  const isOnly = (matches: (reason: RestReason) => boolean): boolean =>
    resting.every(({ state }) => matches(state.reason));
  const text = `No target can be called now: ${describe(resting, now)}.`;
  if (isOnly((reason) => OF_ACCOUNT.has(reason)))
    return new GatewayError('no_usable_target', text, { shouldRetry: false });
  const code = isOnly((reason) => reason === 'rate_limit') ? 'rate_limit_exceeded' : 'no_usable_target';
  return new GatewayError(code, text, adviseWait(waitMs));
}

function describe(resting: readonly RestingTarget[], now: number): string {
  const named = resting.slice(0, MAX_NAMED).map(({ target, state }) => {
    const seconds = Math.max(1, Math.ceil((state.untilMs - now) / 1000));
    return `${target.selector} ${REASONS[state.reason]} and is not called for ${seconds} s`;
  });
  return named.join('; ') + (resting.length > MAX_NAMED ? '; and others' : '');
}

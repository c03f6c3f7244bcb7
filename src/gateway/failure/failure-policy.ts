import { type FailureKind } from './failure';

/** What follows from a failure. */
export interface FailurePolicy {
  /**
   * Whether the same target may be tried once more. `if-last`: if no other target is left. `if-last-and-soon`: if also the
   * wait is at most 10 s.
   */
  readonly sameTarget: 'no' | 'if-last' | 'if-last-and-soon';
  readonly nextTarget: boolean;
  /** What health remembers. `cool-by-response`: a cooling as long as the response asks for. */
  readonly mark: 'breaker' | 'cool-by-response' | 'cool-provider' | 'cool-model' | 'none';
  /** Milliseconds of a cooling that the response does not determine. */
  readonly coolingMs: number;
  /** Whether the caller gets the upstream's error, because only the caller can correct the request. */
  readonly isCallers: boolean;
}

const NEXT: FailurePolicy = {
  sameTarget: 'no',
  nextTarget: true,
  mark: 'none',
  coolingMs: 0,
  isCallers: false,
};
const CALLERS: FailurePolicy = { ...NEXT, nextTarget: false, isCallers: true };

export const POLICIES: Readonly<Record<FailureKind, FailurePolicy>> = {
  not_sent: NEXT,
  unavailable: { ...NEXT, sameTarget: 'if-last', mark: 'breaker' },
  rate_limited: { ...NEXT, sameTarget: 'if-last-and-soon', mark: 'cool-by-response' },
  quota: { ...NEXT, mark: 'cool-provider', coolingMs: 300_000 },
  auth: { ...NEXT, mark: 'cool-provider', coolingMs: 60_000 },
  model_missing: { ...NEXT, mark: 'cool-model', coolingMs: 60_000 },
  // No mark: the other endpoints of the model work.
  endpoint_missing: NEXT,
  // The opt-in to targets with a larger context is the caller's `x-caret-failover`, not this table's.
  context_length: CALLERS,
  invalid_request: CALLERS,
};

/** The longest wait of `if-last-and-soon`, in milliseconds. */
export const SOON_MS = 10_000;

/** Returns the milliseconds before the same target is tried once more: from 250 to 500, so that callers spread. */
export function waitBeforeRepeat(): number {
  return 250 + Math.random() * 250;
}

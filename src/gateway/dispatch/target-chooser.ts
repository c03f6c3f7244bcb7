import { SOON_MS, waitBeforeRepeat } from '../failure/failure-policy';
import type { TargetHealth } from '../health/target-health';
import type { GatewayTarget } from '../target/gateway-target';
import type { CandidateWalk, ExcludedCandidate } from './candidate-walk';
import type { RestingTarget } from './resting-error';

/** Calls that wait for the end of a cooling spread over this time after it, in milliseconds. */
const SPREAD_MS = 250;
/** An estimate may exceed the true tokens by this factor. */
const ESTIMATE_FACTOR = 0.8;

/** What a call does next. */
export type Decision =
  | { readonly kind: 'try'; readonly target: GatewayTarget }
  /** Decide again when `ready` resolves. It never rejects. */
  | { readonly kind: 'open'; readonly ready: Promise<void> }
  /** Decide again after these milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'none' };

export interface ChooserOptions {
  /** Returns the estimated input of the call in tokens. */
  estimateInput(): number;
  /** False if the call must not use a second target. */
  readonly mayFailOver: boolean;
  /** False if the call must not wait for a target. */
  readonly mayWait: boolean;
}

const NONE: Decision = { kind: 'none' };

/** Chooses the target of each attempt of one call. A target that failed is not chosen again, except the last one left. */
export class TargetChooser {
  /** Targets that must not be called now. */
  readonly resting: GatewayTarget[] = [];
  /** The first target in the order, whatever its state. */
  first: GatewayTarget | null = null;
  private ahead: GatewayTarget | null = null;
  /** Targets whose known context is too small for the call. */
  private readonly tooSmall: GatewayTarget[] = [];
  private minContext = 0;
  private hasChosen = false;
  private repeat: { readonly target: GatewayTarget; readonly at: number } | null = null;
  private hasRepeated = false;
  private waitedMs = 0;

  constructor(
    private readonly walk: Pick<CandidateWalk, 'next' | 'excluded'>,
    private readonly health: Pick<TargetHealth, 'stateOf' | 'beginAttempt'>,
    private readonly options: ChooserOptions,
  ) {}

  /** Candidates that the call must not use. */
  get excluded(): readonly ExcludedCandidate[] {
    return this.walk.excluded;
  }

  /** Returns the targets that still must not be called, with the reason of each. */
  listResting(): RestingTarget[] {
    return this.resting.flatMap((target) => {
      const state = this.health.stateOf(target);
      return state.state === 'usable' ? [] : [{ target, state }];
    });
  }

  /** Whether a fallback may be left, for deadlines. May count one that turns out to be unusable. */
  seekFallback(): boolean {
    if (!this.options.mayFailOver) return false;
    if (this.ahead !== null || this.resting.length > 0) return true;
    const next = this.walk.next();
    if (next instanceof Promise) return true;
    this.ahead = next;
    return next !== null;
  }

  /** @param now by the monotonic clock */
  decide(now: number): Decision {
    for (let target = this.take(); target !== null; target = this.take()) {
      if (target instanceof Promise) return { kind: 'open', ready: target };
      this.first ??= target;
      if (!this.fits(target)) this.tooSmall.push(target);
      else if (this.health.stateOf(target).state === 'usable') return this.choose(target);
      else this.resting.push(target);
    }
    return this.decideAmongResting(now);
  }

  /**
   * Lets the target that just failed be tried once more if no other is left, after a random wait or when its cooling ends.
   */
  allowRepeat(target: GatewayTarget, now: number): void {
    if (this.hasRepeated) return;
    const state = this.health.stateOf(target);
    const at = state.state === 'cooling' ? state.untilMs + jitter() : now + waitBeforeRepeat();
    this.repeat = { target, at };
  }

  /** Forbids another try of the target that just failed. */
  forbidRepeat(): void {
    this.repeat = null;
  }

  /** Restricts the call to targets that are known to have a larger context than this one. */
  requireLargerContext({ settings }: GatewayTarget): void {
    this.minContext = Math.max(this.minContext, settings.contextLength ?? Infinity);
  }

  private take(): GatewayTarget | Promise<void> | null {
    if (this.first !== null && !this.options.mayFailOver) return null;
    const { ahead } = this;
    this.ahead = null;
    return ahead ?? this.walk.next();
  }

  private fits({ settings: { contextLength } }: GatewayTarget): boolean {
    if (this.minContext > 0) return (contextLength ?? 0) > this.minContext;
    return contextLength === null || this.options.estimateInput() * ESTIMATE_FACTOR <= contextLength;
  }

  private decideAmongResting(now: number): Decision {
    const broken: GatewayTarget[] = [];
    let soonestAt = this.repeat?.at ?? Infinity;
    for (const target of this.resting) {
      const state = this.health.stateOf(target);
      if (state.state === 'usable') return this.chooseResting(target);
      if (state.state === 'broken') broken.push(target);
      else soonestAt = Math.min(soonestAt, state.untilMs + jitter());
    }
    const { repeat } = this;
    if (repeat !== null && repeat.at <= now) return this.chooseRepeat(repeat.target, now);
    const waitMs = Math.max(1, soonestAt - now);
    if (this.options.mayWait && this.waitedMs + waitMs <= SOON_MS) {
      this.waitedMs += waitMs;
      return { kind: 'wait', ms: waitMs };
    }
    for (const target of broken)
      if (this.health.beginAttempt(target).isTrial) return this.chooseTrial(target);
    // An estimate may be wrong, and the upstream's own error helps the caller more than Caret's.
    const small = this.hasChosen || this.resting.length > 0 ? undefined : this.tooSmall[0];
    return small === undefined ? NONE : this.choose(small);
  }

  private choose(target: GatewayTarget): Decision {
    this.hasChosen = true;
    this.health.beginAttempt(target);
    return { kind: 'try', target };
  }

  private chooseResting(target: GatewayTarget): Decision {
    this.resting.splice(this.resting.indexOf(target), 1);
    return this.choose(target);
  }

  /** `beginAttempt` has begun the trial already. Other calls skip the target until the trial ends. */
  private chooseTrial(target: GatewayTarget): Decision {
    this.resting.splice(this.resting.indexOf(target), 1);
    this.hasChosen = true;
    return { kind: 'try', target };
  }

  /** A breaker that opened meanwhile protects the upstream from the repeat. */
  private chooseRepeat(target: GatewayTarget, now: number): Decision {
    this.repeat = null;
    this.hasRepeated = true;
    return this.health.stateOf(target).state === 'broken'
      ? this.decideAmongResting(now)
      : this.choose(target);
  }
}

function jitter(): number {
  return Math.random() * SPREAD_MS;
}

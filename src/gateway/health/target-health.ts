import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RoutedProvider } from '../../routing/engine/model/routed-registry';
import type { Failure } from '../failure/failure';
import { POLICIES } from '../failure/failure-policy';
import { DEFAULT_WAIT_MS } from '../failure/retry-wait';
import type { GatewayTarget } from '../target/gateway-target';
import { Breaker } from './breaker';
import { Cooling, type CoolingReason } from './cooling';

/** Models and providers whose health is known, each. Those that are not used longest are forgotten. */
const MAX_ENTRIES = 20_000;

/** `failures`: the breaker is open. */
export type RestReason = CoolingReason | 'failures';

/** Whether a target may be called now. Times are of the monotonic clock. */
export type TargetState =
  | { readonly state: 'usable' }
  | {
      readonly state: 'cooling' | 'broken';
      readonly reason: RestReason;
      readonly sinceMs: number;
      readonly untilMs: number;
    };

const USABLE: TargetState = { state: 'usable' };

class ModelHealth {
  readonly cooling = new Cooling();
  readonly breaker = new Breaker();
}

/** The coolings of all models of a provider. */
class ProviderHealth {
  /** An organisation-wide limit. */
  readonly limit = new Cooling();
  /** Rejected credentials or no quota. Ends when the key or the address changes. */
  credentials = new Cooling();

  constructor(
    public secretVersion: number,
    public baseUrl: string,
  ) {}

  /** Whether the provider still has the key and the address that the upstream rejected. */
  isOf(provider: RoutedProvider): boolean {
    return this.secretVersion === provider.secretVersion && this.baseUrl === provider.baseUrl;
  }
}

/**
 * The health of the targets, as this process experienced it. Replicas do not share it: sharing saves one failed attempt per
 * replica, and the bad network of one must not condemn a target for all.
 */
@Injectable()
export class TargetHealth {
  private readonly models = new LRUCache<string, ModelHealth>({ max: MAX_ENTRIES });
  private readonly providers = new LRUCache<string, ProviderHealth>({ max: MAX_ENTRIES });

  stateOf({ provider, model }: Pick<GatewayTarget, 'provider' | 'model'>): TargetState {
    const nowMs = performance.now();
    const health = this.models.get(model.id);
    const ofProvider = this.activeCooling(provider, nowMs);
    if (health === undefined) return ofProvider === null ? USABLE : toState(ofProvider);
    const { cooling, breaker } = health;
    const longest = later(ofProvider, cooling.isActive(nowMs) ? cooling : null);
    const blockedUntil = breaker.blockedUntil(nowMs);
    if (longest !== null && longest.untilMs >= blockedUntil) return toState(longest);
    if (blockedUntil === 0) return USABLE;
    const state = longest === null ? 'broken' : 'cooling';
    return { state, reason: 'failures', sinceMs: breaker.sinceMs, untilMs: blockedUntil };
  }

  /** The cooling of all models of a provider. */
  stateOfProvider(provider: RoutedProvider): TargetState {
    const cooling = this.activeCooling(provider, performance.now());
    return cooling === null ? USABLE : toState(cooling);
  }

  /** Failures in a row of the breaker, or 0. */
  failuresInARow(modelId: string): number {
    return this.models.peek(modelId)?.breaker.failuresInARow ?? 0;
  }

  /** Marks the start of an attempt. Exactly one of the three methods below ends it. */
  beginAttempt({ model }: GatewayTarget): { readonly isTrial: boolean } {
    const breaker = this.models.get(model.id)?.breaker;
    return breaker?.isOpen === true && breaker.begin(performance.now()) ? TRIAL : NO_TRIAL;
  }

  /** Records a response. For a stream, its first content is enough. */
  recordSuccess({ model }: GatewayTarget): void {
    this.healthOf(model.id).breaker.succeed(performance.now());
  }

  recordFailure(target: GatewayTarget, failure: Failure): void {
    const nowMs = performance.now();
    const { breaker, cooling } = this.healthOf(target.model.id);
    const { mark, coolingMs, isCallers } = POLICIES[failure.kind];
    if (mark === 'breaker') {
      breaker.fail(nowMs);
      return;
    }
    // Who rejects the request of a caller is well.
    if (isCallers) breaker.succeed(nowMs);
    else breaker.release();
    if (mark === 'none') return;
    if (mark === 'cool-model') cooling.extend(nowMs, nowMs + coolingMs, 'model_not_found');
    else if (mark === 'cool-provider') this.coolCredentials(target.provider, nowMs, coolingMs, failure);
    else {
      const untilMs = nowMs + (failure.retryAfterMs ?? DEFAULT_WAIT_MS);
      const limited = failure.scope === 'model' ? cooling : this.healthOfProvider(target.provider).limit;
      limited.extend(nowMs, untilMs, 'rate_limit');
    }
  }

  /** Ends an attempt that says nothing about the target, such as one whose caller left. */
  release({ model }: GatewayTarget): void {
    this.models.get(model.id)?.breaker.release();
  }

  /** Counts the models that cool, with those of cooling providers counted once per provider, and the breakers. */
  counts(): { readonly cooling: number; readonly open: number; readonly halfOpen: number } {
    const nowMs = performance.now();
    const counts = { cooling: 0, open: 0, halfOpen: 0 };
    for (const { cooling, breaker } of this.models.values()) {
      if (cooling.isActive(nowMs)) counts.cooling++;
      if (breaker.isHalfOpen(nowMs)) counts.halfOpen++;
      else if (breaker.isOpen) counts.open++;
    }
    for (const { limit, credentials } of this.providers.values()) {
      if (limit.isActive(nowMs) || credentials.isActive(nowMs)) counts.cooling++;
    }
    return counts;
  }

  private coolCredentials(
    provider: RoutedProvider,
    nowMs: number,
    coolingMs: number,
    { kind }: Failure,
  ): void {
    const health = this.healthOfProvider(provider);
    if (!health.isOf(provider)) {
      health.credentials = new Cooling();
      health.secretVersion = provider.secretVersion;
      health.baseUrl = provider.baseUrl;
    }
    health.credentials.extend(nowMs, nowMs + coolingMs, kind === 'quota' ? 'quota' : 'credentials');
  }

  private activeCooling(provider: RoutedProvider, nowMs: number): Cooling | null {
    const health = this.providers.get(provider.id);
    if (health === undefined) return null;
    const { limit, credentials } = health;
    const isRejected = credentials.isActive(nowMs) && health.isOf(provider);
    return later(limit.isActive(nowMs) ? limit : null, isRejected ? credentials : null);
  }

  private healthOf(modelId: string): ModelHealth {
    let health = this.models.get(modelId);
    if (health === undefined) this.models.set(modelId, (health = new ModelHealth()));
    return health;
  }

  private healthOfProvider({ id, secretVersion, baseUrl }: RoutedProvider): ProviderHealth {
    let health = this.providers.get(id);
    if (health === undefined) this.providers.set(id, (health = new ProviderHealth(secretVersion, baseUrl)));
    return health;
  }
}

const TRIAL = { isTrial: true };
const NO_TRIAL = { isTrial: false };

function later(first: Cooling | null, second: Cooling | null): Cooling | null {
  if (first === null || second === null) return first ?? second;
  return first.untilMs >= second.untilMs ? first : second;
}

function toState({ reason, sinceMs, untilMs }: Cooling): TargetState {
  return { state: 'cooling', reason, sinceMs, untilMs };
}

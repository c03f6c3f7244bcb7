import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RoutedProvider } from '../../routing/engine/model/routed-registry';
import type { Failure } from '../failure/failure';
import { POLICIES } from '../failure/failure-policy';
import { DEFAULT_WAIT_MS } from '../failure/retry-wait';
import type { GatewayTarget } from '../target/gateway-target';
import { Breaker } from './breaker';
import { Cooling, type CoolingReason } from './cooling';

/** Models, and providers, whose health is known. The least recently used are forgotten. */
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
  /** Rejected credentials or no quota. */
  credentials = new Cooling();
  /** The provider whose credentials were rejected. */
  private rejected: RoutedProvider | null = null;

  /** Whether the credentials cool. The cooling is for the key, the address and the settings that the upstream rejected. */
  isRejected(provider: RoutedProvider, nowMs: number): boolean {
    if (!this.credentials.isActive(nowMs)) return false;
    const { rejected } = this;
    return (
      rejected === provider ||
      (rejected?.secretVersion === provider.secretVersion &&
        rejected.baseUrl === provider.baseUrl &&
        rejected.advancedText === provider.advancedText &&
        rejected.sealedHeaders?.text === provider.sealedHeaders?.text)
    );
  }

  reject(provider: RoutedProvider, nowMs: number, coolingMs: number, reason: CoolingReason): void {
    if (!this.isRejected(provider, nowMs)) this.credentials = new Cooling();
    this.rejected = provider;
    this.credentials.extend(nowMs, nowMs + coolingMs, reason);
  }
}

/**
 * The health of the targets, as this process experienced it. Replicas do not share it: sharing saves one failed attempt per
 * replica, and the bad network of one must not condemn a target for all.
 */
@Injectable()
export class TargetHealth {
  private readonly logger = new Logger('Gateway');
  private readonly models = new LRUCache<string, ModelHealth>({ max: MAX_ENTRIES });
  private readonly providers = new LRUCache<string, ProviderHealth>({ max: MAX_ENTRIES });

  stateOf({ provider, model }: Pick<GatewayTarget, 'provider' | 'model'>): TargetState {
    const nowMs = performance.now();
    const ofProvider = this.activeCooling(provider, nowMs);
    const health = this.models.get(model.id);
    return health === undefined ? toState(ofProvider) : stateOf(health, ofProvider, nowMs);
  }

  /** The cooling that all models of a provider share. */
  stateOfProvider(provider: RoutedProvider): TargetState {
    return toState(this.activeCooling(provider, performance.now()));
  }

  /** The state of one model, without what its provider shares, and its failures in a row. Null if nothing is known. */
  inspectModel(modelId: string): { readonly state: TargetState; readonly failuresInARow: number } | null {
    const health = this.models.peek(modelId);
    if (health === undefined) return null;
    const { failuresInARow } = health.breaker;
    return { state: stateOf(health, null, performance.now()), failuresInARow };
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
    // An upstream that rejects a caller's request works.
    if (isCallers) breaker.succeed(nowMs);
    else breaker.release();
    if (mark === 'none') return;
    if (mark === 'cool-model') cooling.extend(nowMs, nowMs + coolingMs, 'model_not_found');
    else if (mark === 'cool-provider') this.reject(target.provider, nowMs, coolingMs, failure);
    else {
      const untilMs = nowMs + (failure.retryAfterMs ?? DEFAULT_WAIT_MS);
      const limited = failure.scope === 'model' ? cooling : this.healthOfProvider(target.provider.id).limit;
      limited.extend(nowMs, untilMs, 'rate_limit');
    }
  }

  /** Ends an attempt that says nothing about the target, such as one whose caller left. */
  release({ model }: GatewayTarget): void {
    this.models.get(model.id)?.breaker.release();
  }

  /** Counts the models and the providers that cool, and the breakers. The models of a provider that cools do not count. */
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

  private reject(provider: RoutedProvider, nowMs: number, coolingMs: number, failure: Failure): void {
    const { kind, status } = failure;
    const health = this.healthOfProvider(provider.id);
    if (!health.isRejected(provider, nowMs)) {
      const problem = kind === 'quota' ? 'has no quota left' : 'rejects its credentials';
      const seconds = coolingMs / 1000;
      this.logger.warn(
        `provider ${provider.id} is not called for ${seconds} s: its upstream ${problem} (HTTP ${status})`,
      );
    }
    health.reject(provider, nowMs, coolingMs, kind === 'quota' ? 'quota' : 'credentials');
  }

  private activeCooling(provider: RoutedProvider, nowMs: number): Cooling | null {
    const health = this.providers.get(provider.id);
    if (health === undefined) return null;
    const { limit, credentials } = health;
    const rejected = health.isRejected(provider, nowMs) ? credentials : null;
    return later(limit.isActive(nowMs) ? limit : null, rejected);
  }

  private healthOf(modelId: string): ModelHealth {
    let health = this.models.get(modelId);
    if (health === undefined) this.models.set(modelId, (health = new ModelHealth()));
    return health;
  }

  private healthOfProvider(providerId: string): ProviderHealth {
    let health = this.providers.get(providerId);
    if (health === undefined) this.providers.set(providerId, (health = new ProviderHealth()));
    return health;
  }
}

const TRIAL = { isTrial: true };
const NO_TRIAL = { isTrial: false };

function later(first: Cooling | null, second: Cooling | null): Cooling | null {
  if (first === null || second === null) return first ?? second;
  return first.untilMs >= second.untilMs ? first : second;
}

function toState(cooling: Cooling | null): TargetState {
  if (cooling === null) return USABLE;
  const { reason, sinceMs, untilMs } = cooling;
  return { state: 'cooling', reason, sinceMs, untilMs };
}

/** A target rests until the last of its coolings and its breaker ends. */
function stateOf({ cooling, breaker }: ModelHealth, ofProvider: Cooling | null, nowMs: number): TargetState {
  const longest = later(ofProvider, cooling.isActive(nowMs) ? cooling : null);
  const blockedUntil = breaker.blockedUntil(nowMs);
  if (blockedUntil <= (longest?.untilMs ?? 0)) return toState(longest);
  const state = longest === null ? 'broken' : 'cooling';
  return { state, reason: 'failures', sinceMs: breaker.sinceMs, untilMs: blockedUntil };
}

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Protocol } from '../../upstream/protocol';
import { isLearned, type Repair } from '../failure/repairs';
import type { GatewayTarget } from '../target/gateway-target';

const MAX_MODELS = 20_000;
/** Then the request is sent whole again, because the upstream may have been updated. */
const LEARNED_MS = 86_400_000;
/** Repairs of one model. Each new beta flag may be one. */
const MAX_REPAIRS = 50;

/** A repair that works for a model. */
export interface LearnedRepair {
  readonly protocol: Protocol | null;
  readonly repair: Repair;
  /** By the monotonic clock. */
  readonly untilMs: number;
}

const NONE: readonly Repair[] = [];

/** What to leave out of requests to a model for 24 hours after an upstream rejected it and took the rest. */
@Injectable()
export class LearnedRepairs {
  private readonly models = new LRUCache<string, readonly LearnedRepair[]>({ max: MAX_MODELS });

  of({ model }: Pick<GatewayTarget, 'model'>, protocol: Protocol | null): readonly Repair[] {
    if (!this.models.has(model.id)) return NONE;
    return this.list(model.id)
      .filter((learned) => learned.protocol === protocol)
      .map(({ repair }) => repair);
  }

  /** All repairs of a model. */
  list(modelId: string): readonly LearnedRepair[] {
    const nowMs = performance.now();
    return this.models.get(modelId)?.filter(({ untilMs }) => nowMs < untilMs) ?? [];
  }

  /** Remembers a repair that worked. One that is known already expires as before. */
  learn({ model }: Pick<GatewayTarget, 'model'>, protocol: Protocol | null, repair: Repair): void {
    const learned = this.list(model.id);
    const isKnown = learned.some((each) => each.protocol === protocol && isSame(each.repair, repair));
    if (!isLearned(repair.name) || isKnown || learned.length === MAX_REPAIRS) return;
    const untilMs = performance.now() + LEARNED_MS;
    this.models.set(model.id, [...learned, { protocol, repair, untilMs }]);
  }
}

function isSame(first: Repair, second: Repair): boolean {
  return first.name === second.name && first.only?.join() === second.only?.join();
}

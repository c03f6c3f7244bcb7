import type { Candidate } from '../../routing/engine/model/candidate';
import type { GatewayTarget } from '../target/gateway-target';
import type { TargetCache } from '../target/target-cache';
import type { CallScope } from './call-scope';
import type { CandidateFilter, Exclusion } from './candidate-filter';

/** The most candidates that one call looks at. */
const MAX_CANDIDATES = 1000;
/** The most exclusions that an error lists. */
const MAX_EXCLUSIONS = 10;

export interface ExcludedCandidate {
  readonly candidate: Candidate;
  readonly reason: Exclusion | 'secret';
}

/** Opens the candidates that one call may use, one by one and in their order. */
export class CandidateWalk {
  readonly excluded: ExcludedCandidate[] = [];
  private position = 0;
  private firstAt: number | null = null;
  private skippedAt: number | null = null;
  private opening: Promise<void> | null = null;
  /** Targets that were not in the cache, by the ids of their models. Null if the secrets cannot be opened. */
  private opened: Map<string, GatewayTarget | null> | null = null;

  /** @param firstId the model that comes before all others, if the call may use it */
  constructor(
    private readonly scope: CallScope,
    private readonly filter: CandidateFilter,
    private readonly targets: TargetCache,
    private firstId: string | null,
  ) {}

  /**
   * Returns the next target, or null after the last. Returns a promise that never rejects while secrets are opened; then
   * call it again. Throws `routing.too_costly`.
   */
  next(): GatewayTarget | Promise<void> | null {
    if (this.firstId !== null) {
      this.firstAt = this.indexOf(this.firstId);
      this.firstId = null;
    }
    for (;;) {
      const index = this.firstAt ?? this.position;
      const candidate = index < MAX_CANDIDATES ? this.scope.resolution.at(index) : null;
      if (candidate === null) return null;
      const reason = this.filter.exclusionOf(candidate);
      const target = reason === null ? this.open(candidate) : null;
      if (target instanceof Promise) return target;
      this.advance();
      if (target !== null) return target;
      this.exclude(candidate, reason ?? 'secret');
      if (reason === 'protocol' && this.scope.call.endpoint.path === 'messages/count_tokens') return null;
    }
  }

  private indexOf(modelId: string): number | null {
    for (let index = 0; index < MAX_CANDIDATES; index++) {
      const candidate = this.scope.resolution.at(index);
      if (candidate === null) return null;
      if (candidate.model.id === modelId) return this.filter.exclusionOf(candidate) === null ? index : null;
    }
    return null;
  }

  private advance(): void {
    if (this.firstAt === null) this.position += 1;
    else {
      this.skippedAt = this.firstAt;
      this.firstAt = null;
    }
    if (this.position === this.skippedAt) this.position += 1;
  }

  private open(candidate: Candidate): GatewayTarget | Promise<void> | null {
    const { id } = candidate.model;
    const known = this.opened?.get(id);
    if (known !== undefined) return known;
    if (this.opening !== null) return this.opening;
    const target = this.targets.get(this.scope.call.caller.accountId, candidate);
    if (!(target instanceof Promise)) return target;
    const opened = (this.opened ??= new Map<string, GatewayTarget | null>());
    this.opening = target
      .then(
        (found) => void opened.set(id, found),
        () => void opened.set(id, null),
      )
      .finally(() => (this.opening = null));
    return this.opening;
  }

  private exclude(candidate: Candidate, reason: ExcludedCandidate['reason']): void {
    if (this.excluded.length < MAX_EXCLUSIONS) this.excluded.push({ candidate, reason });
  }
}

import { foldCase } from '../../common/identity-key';
import type { Candidate } from '../../routing/engine/model/candidate';
import { findNamedModel } from '../../routing/engine/resolve';
import { isAllowed } from '../../selectors/allowed-selectors';
import type { CallScope } from './call-scope';
import { speaks } from './endpoint-protocol';
import type { ModelKinds } from './model-kinds';

/** Why a call never tries a candidate. */
export type Exclusion = 'not_allowed' | 'other_provider' | 'protocol' | 'endpoint' | 'other_model';

/** Decides which candidates one call may use at all, whatever their health. */
export class CandidateFilter {
  /** The provider that the call is bound to, by what the upstream stored. */
  private providerId: string | null;
  /** The model name that the call is bound to, because vectors of two models must not be mixed. */
  private modelName: string | null = null;

  constructor(
    private readonly scope: CallScope,
    private readonly kinds: ModelKinds,
  ) {
    this.providerId = scope.storedAt?.providerId ?? null;
  }

  /** Returns why the call must not use the candidate, or null. Candidates must come in their order. */
  exclusionOf(candidate: Candidate): Exclusion | null {
    const { endpoint, caller } = this.scope.call;
    if (!isAllowed(caller, candidate.provider.name, candidate.model)) return 'not_allowed';
    if (this.providerId !== null && candidate.provider.id !== this.providerId) return 'other_provider';
    if (!speaks(candidate, endpoint)) return 'protocol';
    if (!this.isForEndpoint(candidate)) return 'endpoint';
    if (this.scope.requested.statefulMarker !== null) this.providerId ??= candidate.provider.id;
    if (endpoint.path !== 'embeddings') return null;
    const name = foldCase(candidate.model.model);
    this.modelName ??= name;
    return name === this.modelName ? null : 'other_model';
  }

  /** An exact `provider^model` is tried whatever the lists say. `auto` and tags do not choose an embedding model blindly. */
  private isForEndpoint(candidate: Candidate): boolean {
    const { call, selectors } = this.scope;
    if (selectors.length === 1 && selectors[0]!.kind === 'exact') return true;
    const wanted = call.endpoint.path === 'embeddings' ? 'embedding' : 'chat';
    const kind = this.kinds.kindOf(call.caller.accountId, candidate);
    if (kind === wanted) return true;
    if (kind === null && (wanted === 'chat' || this.isNamed(candidate))) return true;
    return this.isNamedExactly(candidate);
  }

  private isNamed({ model }: Candidate): boolean {
    const names = [model.model, ...model.aliases].map(foldCase);
    return this.scope.selectors.some(({ kind, name }) => kind === 'model' && names.includes(foldCase(name)));
  }

  private isNamedExactly({ model }: Candidate): boolean {
    const { selectors, table } = this.scope;
    return selectors.some(
      (selector) => selector.kind === 'exact' && findNamedModel(table, selector)?.id === model.id,
    );
  }
}

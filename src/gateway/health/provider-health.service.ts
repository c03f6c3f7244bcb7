import { Injectable } from '@nestjs/common';
import type { AccountId } from '../../auth/caller';
import { compareText } from '../../common/compare-text';
import { timestamp, timestampIn } from '../../common/timestamp';
import { noSuchProvider } from '../../providers/provider.errors';
import type { RoutedModel } from '../../routing/engine/model/routed-registry';
import { RoutingTableStore } from '../../routing/routing-table-store';
import type { ModelHealthResponse, ProviderHealthResponse } from './dto/provider-health.response.dto';
import { type LearnedRepair, LearnedRepairs } from './learned-repairs';
import { TargetHealth, type TargetState } from './target-health';

const MAX_MODELS = 1000;

/** Reports the health of a provider. Works without the database, as the gateway does. */
@Injectable()
export class ProviderHealthService {
  private readonly startedAt = timestamp();

  constructor(
    private readonly tables: RoutingTableStore,
    private readonly health: TargetHealth,
    private readonly repairs: LearnedRepairs,
  ) {}

  /** Throws 404 if the account has no such provider. */
  async get(accountId: AccountId, id: string, minRevision: number): Promise<ProviderHealthResponse> {
    const table = await this.tables.current(accountId, minRevision);
    const provider = table.directory.findById(id);
    if (provider === undefined) throw noSuchProvider();
    const models: ModelHealthResponse[] = [];
    for (const model of provider.models) {
      const found = this.findModelHealth(model);
      if (found !== null) models.push(found);
    }
    models.sort((a, b) => compareText(a.model, b.model));
    return {
      provider_id: id,
      provider: provider.facts.name,
      observed_since: this.startedAt,
      ...toHealthState(this.health.stateOfProvider(provider.facts)),
      models: models.slice(0, MAX_MODELS),
      models_truncated: models.length > MAX_MODELS,
    };
  }

  /** Returns null for a model with nothing to report. */
  private findModelHealth({ id, model }: RoutedModel): ModelHealthResponse | null {
    const known = this.health.inspectModel(id);
    const repairs = this.repairs.list(id).map(toRepairResponse);
    const failures = known?.failuresInARow ?? 0;
    const state = known?.state ?? { state: 'usable' };
    if (state.state === 'usable' && failures === 0 && repairs.length === 0) return null;
    return { model_id: id, model, ...toHealthState(state), consecutive_failures: failures, repairs };
  }
}

function toHealthState(
  state: TargetState,
): Pick<ProviderHealthResponse, 'state' | 'reason' | 'since' | 'until'> {
  if (state.state === 'usable') return { state: 'usable', reason: null, since: null, until: null };
  const { reason, sinceMs, untilMs } = state;
  return { state: state.state, reason, since: toTime(sinceMs), until: toTime(untilMs) };
}

function toRepairResponse({
  protocol,
  repair,
  untilMs,
}: LearnedRepair): ModelHealthResponse['repairs'][number] {
  return { name: repair.name, protocol, only: repair.only, until: toTime(untilMs) };
}

/** Converts a time of the monotonic clock. */
function toTime(monotonicMs: number): string {
  return timestampIn(monotonicMs - performance.now());
}

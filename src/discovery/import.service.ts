import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller';
import { invalidField } from '../common/domain-error';
import { modelNameProblem } from '../common/text-rules';
import type { CreateModelDto } from '../models/dto/model.dto';
import { ModelsService } from '../models/models.service';
import { DiscoveryService } from './discovery.service';
import type { AvailableModel } from './dto/available-models.response.dto';
import type { ImportModelsDto, ImportResult, SkippedModel } from './dto/import-models.dto';

/** Adds models that the upstream offers. Leaves existing models unchanged. */
@Injectable()
export class ImportService {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly models: ModelsService,
  ) {}

  async import(caller: Caller, providerId: string, body: ImportModelsDto): Promise<ImportResult> {
    const requested = requestedIds(body);
    const byId = await this.listOffered(caller, providerId, requested);
    const ids = requested === 'all' ? [...byId.keys()] : requested;
    const skipped: SkippedModel[] = [];
    const wanted: CreateModelDto[] = [];
    for (const id of new Set(ids)) {
      const model = byId.get(id);
      if (!model) skipped.push({ id, reason: 'not_offered' });
      else if (modelNameProblem(id)) skipped.push({ id, reason: 'invalid_name' });
      else wanted.push(toCreateModel(model, body));
    }
    return this.models.addMany(caller, providerId, wanted, ({ added, existing }) => ({
      added,
      skipped: [...skipped, ...existing.map((id): SkippedModel => ({ id, reason: 'exists' }))],
    }));
  }

  /** Asks the upstream again when the cached list lacks a wanted model, which may be new. */
  private async listOffered(
    caller: Caller,
    providerId: string,
    wanted: readonly string[] | 'all',
  ): Promise<Map<string, AvailableModel>> {
    const list = async (refresh: boolean) => {
      const { models, cached } = await this.discovery.listAvailable(caller, providerId, refresh);
      return { cached, byId: new Map(models.map((model) => [model.id, model])) };
    };
    const { cached, byId } = await list(false);
    const isIncomplete = wanted !== 'all' && wanted.some((id) => !byId.has(id));
    return cached && isIncomplete ? (await list(true)).byId : byId;
  }
}

/** An empty list counts as absent, because some generated clients always send one. */
function requestedIds({ models = [], all = false }: ImportModelsDto): readonly string[] | 'all' {
  if (models === 'all' || (all && models.length === 0)) return 'all';
  if (all) throw invalidField('/models', 'one_of', 'Send `models` or `all`, not both.');
  if (models.length === 0) {
    throw invalidField('/models', 'required', 'Send at least one model id, or `"all": true`.');
  }
  return models;
}

function toCreateModel(
  { id, suggested_costs: suggested }: AvailableModel,
  body: ImportModelsDto,
): CreateModelDto {
  const costs = body.price === 'suggested' && suggested ? suggested : null;
  return {
    model: id,
    tags: body.tags ?? [],
    cost_per_1k_input: costs?.cost_per_1k_input ?? null,
    cost_per_1k_output: costs?.cost_per_1k_output ?? null,
    cost_per_1k_cache_write: costs?.cost_per_1k_cache_write ?? null,
    cost_per_1k_cache_read: costs?.cost_per_1k_cache_read ?? null,
  };
}

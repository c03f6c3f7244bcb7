import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller';
import { invalidField } from '../common/domain-error';
import { modelNameProblem } from '../common/text-rules';
import type { CreateModelDto } from '../models/dto/model.dto';
import { type AddedModels, ModelsService } from '../models/models.service';
import { type DefaultChoice, DefaultChoiceService, isCallable } from './default-choice';
import type { OfferedModel } from './describe-models';
import { DiscoveryService } from './discovery.service';
import type { ImportedDefault, ImportModelsDto, ImportResult, SkippedModel } from './dto/import-models.dto';

/** Adds models that the upstream offers. Leaves existing models unchanged. */
@Injectable()
export class ImportService {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly models: ModelsService,
    private readonly defaults: DefaultChoiceService,
  ) {}

  async import(caller: Caller, providerId: string, body: ImportModelsDto): Promise<ImportResult> {
    const requested = requestedIds(body);
    const byId = await this.listOffered(caller, providerId, requested);
    const skipped: SkippedModel[] = [];
    const wanted: OfferedModel[] = [];
    for (const id of listIds(requested, byId)) {
      const model = byId.get(id);
      const reason = findSkipReason(id, model, requested === 'all' && id !== body.default);
      if (reason) skipped.push({ id, reason });
      else wanted.push(model!);
    }
    if (body.default !== undefined && !wanted.some(({ id }) => id === body.default))
      throw defaultNotImported();
    wanted.sort((one, other) => one.position - other.position);
    const choice: DefaultChoice | null =
      body.default === undefined
        ? await this.defaults.choose(wanted)
        : { id: body.default, reason: 'requested' };
    const chosen = choice && { model: choice.id, replaces: choice.reason === 'requested' };
    const created = wanted.map((model) => toCreateModel(model, body));
    return this.models.addMany(caller, providerId, created, chosen, (result) => ({
      added: result.added,
      skipped: [...skipped, ...result.existing.map((id): SkippedModel => ({ id, reason: 'exists' }))],
      default: toDefault(result, choice),
    }));
  }

  /** Asks the upstream again when the cached list lacks a wanted model, which may be new. */
  private async listOffered(
    caller: Caller,
    providerId: string,
    wanted: readonly string[] | 'all',
  ): Promise<Map<string, OfferedModel>> {
    const list = async (freshness: 'retried' | 'refreshed') => {
      const { offer, cached } = await this.discovery.findOffer(caller, providerId, freshness);
      return { cached, byId: new Map(offer.models.map((model) => [model.id, model])) };
    };
    const { cached, byId } = await list('retried');
    const isIncomplete = wanted !== 'all' && wanted.some((id) => !byId.has(id));
    return cached && isIncomplete ? (await list('refreshed')).byId : byId;
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

function listIds(
  requested: readonly string[] | 'all',
  byId: ReadonlyMap<string, OfferedModel>,
): ReadonlySet<string> {
  return new Set(requested === 'all' ? byId.keys() : requested);
}

/** `callableOnly` leaves out what the list says cannot be called. A model that is asked for by its id is imported. */
function findSkipReason(
  id: string,
  model: OfferedModel | undefined,
  callableOnly: boolean,
): SkippedModel['reason'] | null {
  if (!model) return 'not_offered';
  const problem = modelNameProblem(id);
  if (problem) return problem.code === 'length' ? 'too_long' : 'invalid_name';
  return callableOnly && !isCallable(model) ? 'not_callable' : null;
}

function defaultNotImported() {
  const detail = 'Must be the id of a model that this request imports or that the provider already has.';
  return invalidField('/default', 'one_of', detail);
}

function toDefault({ defaultModel }: AddedModels, choice: DefaultChoice | null): ImportedDefault | null {
  if (defaultModel === null) return null;
  const { id, model } = defaultModel;
  return { id, model, reason: choice?.id === model ? choice.reason : 'kept' };
}

function toCreateModel(
  { id, suggested_costs: suggested }: OfferedModel,
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
    ...(costs === null ? {} : { pricing: costs.pricing }),
  };
}

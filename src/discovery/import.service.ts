import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller';
import { invalidField } from '../common/domain-error';
import { foldedModelKey } from '../common/identity-key';
import { modelNameProblem } from '../common/text-rules';
import type { CreateModelDto } from '../models/dto/model.dto';
import { ModelsRepository } from '../models/models.repository';
import { type AddedModels, ModelsService } from '../models/models.service';
import { hasEitherSpelling } from '../models/other-spelling';
import { otherSpelling } from '../upstream/model-spelling';
import { type DefaultChoice, DefaultChoiceService, isCallable } from './default-choice';
import type { OfferedModel } from './describe-models';
import { DiscoveryService, type Offer } from './discovery.service';
import type { ImportedDefault, ImportModelsDto, ImportResult, SkippedModel } from './dto/import-models.dto';

/** The models of an upstream's list by their id. */
class OfferedModels {
  private readonly byId: ReadonlyMap<string, OfferedModel>;

  constructor(private readonly offer: Offer) {
    this.byId = new Map(offer.models.map((model) => [model.id, model]));
  }

  get size(): number {
    return this.byId.size;
  }

  get baseUrl(): string | null {
    return this.offer.baseUrl;
  }

  get ids(): Iterable<string> {
    return this.byId.keys();
  }

  /** Finds a model by its id, or by the other spelling of it. */
  find(id: string): OfferedModel | undefined {
    return this.byId.get(id) ?? this.byId.get(this.otherOf(id) ?? id);
  }

  isSame(id: string, name: string): boolean {
    return id === name || this.otherOf(id) === name;
  }

  private otherOf(id: string): string | null {
    return otherSpelling(id, this.offer.baseUrl);
  }
}

/** Adds models that the upstream offers. Leaves existing models unchanged. */
@Injectable()
export class ImportService {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly models: ModelsService,
    private readonly stored: ModelsRepository,
    private readonly defaults: DefaultChoiceService,
  ) {}

  async import(caller: Caller, providerId: string, body: ImportModelsDto): Promise<ImportResult> {
    const requested = requestedIds(body);
    const offered = await this.listOffered(caller, providerId, requested);
    const requestedDefault = body.default && (offered.find(body.default)?.id ?? body.default);
    const skipped: SkippedModel[] = [];
    const found = new Set<OfferedModel>();
    for (const id of new Set(requested === 'all' ? offered.ids : requested)) {
      const model = offered.find(id);
      const reason = findSkipReason(model, requested === 'all' && model?.id !== requestedDefault);
      if (reason) skipped.push({ id, reason });
      else found.add(model!);
    }
    const wanted = [...found].sort((one, other) => one.position - other.position);
    const choice: DefaultChoice | null =
      requestedDefault === undefined
        ? await this.chooseDefault(caller, providerId, wanted, offered)
        : { id: requestedDefault, reason: 'requested' };
    const chosen = choice && { model: choice.id, isRequested: choice.reason === 'requested' };
    const verdict = await this.discovery.judgeKey(caller, providerId, offered.size);
    const created = wanted.map((model) => toCreateModel(model, body));
    return this.models.addMany(caller, providerId, created, chosen, (result) => ({
      added: result.added,
      skipped: [...skipped, ...result.existing.map((id): SkippedModel => ({ id, reason: 'exists' }))],
      default: toDefault(result, choice, offered),
      ...verdict,
    }));
  }

  /** A model that the provider has disabled cannot be selected, so it is no choice. */
  private async chooseDefault(
    { accountId }: Caller,
    providerId: string,
    wanted: readonly OfferedModel[],
    { baseUrl }: OfferedModels,
  ): Promise<DefaultChoice | null> {
    const disabled = await this.stored.listKeys(accountId, providerId, 'disabled');
    const isEnabled = ({ id: model }: OfferedModel): boolean =>
      !hasEitherSpelling(disabled, { model, modelKey: foldedModelKey(model) }, baseUrl);
    return this.defaults.choose(disabled.size === 0 ? wanted : wanted.filter(isEnabled));
  }

  /** Asks the upstream again when the cached list lacks a wanted model, which may be new. */
  private async listOffered(
    caller: Caller,
    providerId: string,
    wanted: readonly string[] | 'all',
  ): Promise<OfferedModels> {
    const list = async (freshness: 'retried' | 'refreshed') => {
      const { offer, cached } = await this.discovery.findOffer(caller, providerId, freshness);
      return { cached, offered: new OfferedModels(offer) };
    };
    const { cached, offered } = await list('retried');
    const isIncomplete = wanted !== 'all' && wanted.some((id) => offered.find(id) === undefined);
    return cached && isIncomplete ? (await list('refreshed')).offered : offered;
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

/** `callableOnly` leaves out what the list says cannot be called. A model that is asked for by its id is imported. */
function findSkipReason(
  model: OfferedModel | undefined,
  callableOnly: boolean,
): SkippedModel['reason'] | null {
  if (!model) return 'not_offered';
  const problem = modelNameProblem(model.id);
  if (problem) return problem.code === 'length' ? 'too_long' : 'invalid_name';
  return callableOnly && !isCallable(model) ? 'not_callable' : null;
}

/** A default that the provider had already is kept, whatever the import would have chosen. */
function toDefault(
  { defaultModel, earlierDefault }: AddedModels,
  choice: DefaultChoice | null,
  offered: OfferedModels,
): ImportedDefault | null {
  if (defaultModel === null) return null;
  const { id, model } = defaultModel;
  if (choice?.reason === 'requested') return { id, model, reason: 'requested' };
  if (id === earlierDefault?.id) return { id, model, reason: 'kept' };
  return { id, model, reason: choice && offered.isSame(choice.id, model) ? choice.reason : 'first_offered' };
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

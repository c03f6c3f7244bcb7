import { type AdvancedJsonSealer, NO_HEADERS } from '../advanced-json/advanced-json-sealer';
import { foldedModelKey } from '../common/identity-key';
import { newId } from '../common/ids';
import { storedBytes } from '../common/stored-bytes';
import { timestamp } from '../common/timestamp';
import { toCanonicalSheet } from '../pricing/price-sheet';
import { sealedBytes } from '../quotas/usage';
import type { CreateModelDto, ModelSettingsDto } from './dto/model.dto';
import { ownNameAsAlias } from './model.errors';
import type { ProviderModel } from './provider-model.entity';

/** Returns the bytes of a model that count against QUOTA_REGISTRY_MB. */
export function countBytes(model: ProviderModel): number {
  const { aliases, tags, when, advancedJson, pricing, sealedHeaders, headersKeyId } = model;
  return (
    storedBytes(model.model, aliases, tags, when, advancedJson, pricing) +
    sealedBytes(sealedHeaders, headersKeyId)
  );
}

/** Creates the model of a request. Does not store it. */
export async function createModel(
  accountId: string,
  providerId: string,
  body: CreateModelDto,
  sealer: AdvancedJsonSealer,
): Promise<ProviderModel> {
  const model = newModel(accountId, providerId, body.model);
  await applySettings(model, body, sealer);
  model.storedBytes = countBytes(model);
  return model;
}

function newModel(accountId: string, providerId: string, model: string): ProviderModel {
  const now = timestamp();
  return {
    id: newId(),
    accountId,
    providerId,
    model,
    modelKey: foldedModelKey(model),
    aliases: null,
    enabled: true,
    priority: 0,
    defaultOf: null,
    tags: [],
    when: {},
    advancedJson: {},
    ...NO_HEADERS,
    multiplier: 1,
    costPer1kInput: null,
    costPer1kOutput: null,
    costPer1kCacheWrite: null,
    costPer1kCacheRead: null,
    pricing: null,
    learnedProtocol: null,
    storedBytes: 0,
    createdAt: now,
    updatedAt: now,
  };
}

/** Names a model. A name that was its alias is no longer one. */
export function rename(model: ProviderModel, name: string): void {
  if (name !== model.model) model.learnedProtocol = null;
  model.model = name;
  model.modelKey = foldedModelKey(name);
  const others = model.aliases?.filter((alias) => foldedModelKey(alias) !== model.modelKey);
  if (others !== undefined) model.aliases = orNull(others);
}

function setAliases(model: ProviderModel, aliases: string[]): void {
  const own = aliases.findIndex((alias) => foldedModelKey(alias) === model.modelKey);
  if (own !== -1) throw ownNameAsAlias(own);
  model.aliases = orNull(aliases);
}

function orNull(aliases: string[]): string[] | null {
  return aliases.length === 0 ? null : aliases;
}

/** Applies the body: an absent field keeps its value, null resets it. Does not change which model is the default. */
export async function applySettings(
  model: ProviderModel,
  body: ModelSettingsDto,
  sealer: AdvancedJsonSealer,
): Promise<void> {
  if (body.aliases !== undefined) setAliases(model, body.aliases ?? []);
  if (body.enabled !== undefined) model.enabled = body.enabled;
  if (body.priority !== undefined) model.priority = body.priority;
  if (body.tags !== undefined) model.tags = [...new Set((body.tags ?? []).map((tag) => tag.trim()))];
  if (body.when !== undefined) model.when = body.when ?? {};
  if (body.multiplier !== undefined) model.multiplier = body.multiplier ?? 1;
  if (body.cost_per_1k_input !== undefined) model.costPer1kInput = body.cost_per_1k_input;
  if (body.cost_per_1k_output !== undefined) model.costPer1kOutput = body.cost_per_1k_output;
  if (body.cost_per_1k_cache_write !== undefined) model.costPer1kCacheWrite = body.cost_per_1k_cache_write;
  if (body.cost_per_1k_cache_read !== undefined) model.costPer1kCacheRead = body.cost_per_1k_cache_read;
  if (body.pricing !== undefined) model.pricing = body.pricing && toCanonicalSheet(body.pricing);
  if (body.advanced_json !== undefined) {
    const row = { accountId: model.accountId, table: 'provider_models', id: model.id } as const;
    const { advancedJson, ...headers } = await sealer.seal(body.advanced_json, row, model);
    Object.assign(model, headers, { advancedJson: advancedJson ?? {} });
  }
}

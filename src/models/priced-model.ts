import type { PriceSheet } from '../pricing/price-sheet';
import { decimal, type ModelRow } from './model-row';
import type { ProviderModel } from './provider-model.entity';
import { storedSheet } from './stored-sheet';

/** The prices of a model: its own fields, in US dollars per 1000 tokens, and its sheet. Null is unknown. */
export interface ModelPrices {
  readonly cost_per_1k_input: number | null;
  readonly cost_per_1k_output: number | null;
  readonly cost_per_1k_cache_write: number | null;
  readonly cost_per_1k_cache_read: number | null;
  readonly pricing: PriceSheet | null;
}

/** A model as far as its prices are concerned. */
export interface PricedModel {
  readonly id: string;
  readonly model: string;
  readonly modelKey: string;
  readonly priority: number;
  readonly prices: ModelPrices;
}

const COLUMNS = [
  'id',
  'model',
  'model_key',
  'priority',
  'cost_per_1k_input',
  'cost_per_1k_output',
  'cost_per_1k_cache_write',
  'cost_per_1k_cache_read',
  'pricing',
] as const satisfies readonly (keyof ModelRow)[];

export type PricedRow = Pick<ModelRow, (typeof COLUMNS)[number]>;

export const PRICED_COLUMNS = COLUMNS.join(', ');

export function pricedModelOfRow(row: PricedRow): PricedModel {
  return toPricedModel({
    id: row.id,
    model: row.model,
    modelKey: row.model_key,
    priority: row.priority,
    costPer1kInput: decimal(row.cost_per_1k_input),
    costPer1kOutput: decimal(row.cost_per_1k_output),
    costPer1kCacheWrite: decimal(row.cost_per_1k_cache_write),
    costPer1kCacheRead: decimal(row.cost_per_1k_cache_read),
    pricing: storedSheet(row.pricing),
  });
}

type PricedColumns =
  | 'id'
  | 'model'
  | 'modelKey'
  | 'priority'
  | 'costPer1kInput'
  | 'costPer1kOutput'
  | 'costPer1kCacheWrite'
  | 'costPer1kCacheRead'
  | 'pricing';

/** A corrupt sheet counts as none. */
export function toPricedModel(model: Pick<ProviderModel, PricedColumns>): PricedModel {
  const { id, model: name, modelKey, priority } = model;
  return {
    id,
    model: name,
    modelKey,
    priority,
    prices: {
      cost_per_1k_input: model.costPer1kInput,
      cost_per_1k_output: model.costPer1kOutput,
      cost_per_1k_cache_write: model.costPer1kCacheWrite,
      cost_per_1k_cache_read: model.costPer1kCacheRead,
      pricing: model.pricing ?? null,
    },
  };
}

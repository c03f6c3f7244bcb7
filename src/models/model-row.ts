import { storedObject, storedTexts } from '../common/stored-json';
import type { Protocol } from '../upstream/protocol';
import type { ProviderModel } from './provider-model.entity';
import { storedSheet } from './stored-sheet';

/** A row as the drivers return it: decimals are strings on MySQL and numbers on SQLite. */
export interface ModelRow {
  id: string;
  account_id: string;
  provider_id: string;
  model: string;
  model_key: string;
  aliases: string | null;
  enabled: number;
  priority: number;
  default_of: string | null;
  tags: string;
  when_json: string;
  advanced_json: string;
  sealed_headers: string | null;
  headers_key_id: string | null;
  headers_version: number;
  multiplier: string | number;
  cost_per_1k_input: string | number | null;
  cost_per_1k_output: string | number | null;
  cost_per_1k_cache_write: string | number | null;
  cost_per_1k_cache_read: string | number | null;
  pricing: string | null;
  learned_protocol: Protocol | null;
  stored_bytes: number;
  created_at: string;
  updated_at: string;
}

/** The columns that routing reads. Few, because an account may have 100 000 models. */
export const ROUTING_COLUMNS = [
  'id',
  'provider_id',
  'model',
  'aliases',
  'enabled',
  'priority',
  'default_of',
  'tags',
  'when_json',
  'advanced_json',
  'sealed_headers',
  'headers_version',
  'multiplier',
  'cost_per_1k_input',
  'cost_per_1k_output',
  'cost_per_1k_cache_write',
  'cost_per_1k_cache_read',
  'pricing',
  'learned_protocol',
] as const satisfies readonly (keyof ModelRow)[];

export type RoutingRow = Pick<ModelRow, (typeof ROUTING_COLUMNS)[number]>;

/** Maps without TypeORM, whose hydration is slower than the query: see ADR 7. */
export function toModel(row: ModelRow): ProviderModel {
  return {
    id: row.id,
    accountId: row.account_id,
    providerId: row.provider_id,
    model: row.model,
    modelKey: row.model_key,
    aliases: storedAliases(row.aliases),
    enabled: row.enabled !== 0,
    priority: row.priority,
    defaultOf: row.default_of,
    tags: storedTexts(row.tags),
    when: storedObject(row.when_json),
    advancedJson: storedObject(row.advanced_json),
    sealedHeaders: row.sealed_headers,
    headersKeyId: row.headers_key_id,
    headersVersion: row.headers_version,
    multiplier: Number(row.multiplier),
    costPer1kInput: decimal(row.cost_per_1k_input),
    costPer1kOutput: decimal(row.cost_per_1k_output),
    costPer1kCacheWrite: decimal(row.cost_per_1k_cache_write),
    costPer1kCacheRead: decimal(row.cost_per_1k_cache_read),
    pricing: storedSheet(row.pricing),
    learnedProtocol: row.learned_protocol,
    storedBytes: row.stored_bytes,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Returns null for a model without aliases. */
export function storedAliases(text: string | null): string[] | null | undefined {
  return text === null ? null : storedTexts(text);
}

export function decimal(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}

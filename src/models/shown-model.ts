import { storedObject, storedTexts } from '../common/stored-json';
import { decimal, type ModelRow, storedAliases } from './model-row';
import type { ProviderModel } from './provider-model.entity';
import { storedSheet } from './stored-sheet';

/** What a response shows of a model. */
export type ShownModel = Omit<
  ProviderModel,
  | 'accountId'
  | 'modelKey'
  | 'provider'
  | 'sealedHeaders'
  | 'headersKeyId'
  | 'headersVersion'
  | 'learnedProtocol'
  | 'storedBytes'
>;

/** The columns of {@link ShownModel} that are short. */
const SHORT_COLUMNS = [
  'id',
  'provider_id',
  'model',
  'enabled',
  'priority',
  'default_of',
  'multiplier',
  'cost_per_1k_input',
  'cost_per_1k_output',
  'cost_per_1k_cache_write',
  'cost_per_1k_cache_read',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof ModelRow)[];

/** The columns of JSON, which may have 64 KiB and more, and the text that means the same as null. */
const JSON_COLUMNS = {
  tags: '[]',
  when_json: '{}',
  advanced_json: '{}',
  aliases: '[]',
  pricing: '',
} as const satisfies Partial<Record<keyof ModelRow, string>>;

type ShortColumn = (typeof SHORT_COLUMNS)[number];
type JsonColumn = keyof typeof JSON_COLUMNS;

const JSON_NAMES = Object.keys(JSON_COLUMNS) as JsonColumn[];

export type ShownRow = Pick<ModelRow, ShortColumn | JsonColumn>;

/** A row of bounded size: a long value is null. Its JSON has `json_bytes` bytes with the long values. */
export type ModelHead = Pick<ModelRow, ShortColumn> & {
  readonly [Column in JsonColumn]: string | null;
} & { readonly json_bytes: number | string };

/** Values up to this size are read with the row. */
const LONG_VALUE_BYTES = 1024;

export const SHOWN_COLUMNS = [...SHORT_COLUMNS, ...JSON_NAMES].join(', ');

/** OCTET_LENGTH reads no value on SQLite, and both engines have it. */
export const HEAD_COLUMNS = [
  ...SHORT_COLUMNS,
  ...JSON_NAMES.map(
    (name) =>
      `CASE WHEN OCTET_LENGTH(${name}) > ${LONG_VALUE_BYTES} THEN NULL ELSE COALESCE(${name}, '${JSON_COLUMNS[name]}') END AS ${name}`,
  ),
  `${JSON_NAMES.map((name) => `COALESCE(OCTET_LENGTH(${name}), 0)`).join(' + ')} AS json_bytes`,
].join(', ');

export function isComplete(head: ModelHead): head is ModelHead & ShownRow {
  return JSON_NAMES.every((name) => head[name] !== null);
}

export function toShownModel(row: ShownRow): ShownModel {
  return {
    id: row.id,
    providerId: row.provider_id,
    model: row.model,
    aliases: storedAliases(row.aliases),
    enabled: row.enabled !== 0,
    priority: row.priority,
    defaultOf: row.default_of,
    tags: storedTexts(row.tags),
    when: storedObject(row.when_json),
    advancedJson: storedObject(row.advanced_json),
    multiplier: Number(row.multiplier),
    costPer1kInput: decimal(row.cost_per_1k_input),
    costPer1kOutput: decimal(row.cost_per_1k_output),
    costPer1kCacheWrite: decimal(row.cost_per_1k_cache_write),
    costPer1kCacheRead: decimal(row.cost_per_1k_cache_read),
    pricing: storedSheet(row.pricing),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

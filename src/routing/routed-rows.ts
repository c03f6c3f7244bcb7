import { foldCase } from '../common/identity-key';
import { storedObject, storedTexts } from '../common/stored-json';
import { decimal, type RoutingRow } from '../models/model-row';
import { storedSheet } from '../models/stored-sheet';
import type { Provider } from '../providers/provider.entity';
import { effectiveBaseUrl } from '../upstream/base-url';
import { hasCompleteBaseUrl } from '../upstream/call-settings';
import type { RoutedHeaders, RoutedModel, RoutedProvider } from './engine/model/routed-registry';

export function toRoutedProvider(provider: Provider, usable: boolean): RoutedProvider {
  return {
    id: provider.id,
    name: provider.name,
    kind: provider.provider,
    baseUrl: baseUrlOf(provider),
    openaiApiMode: provider.openaiApiMode,
    learnedProtocol: provider.learnedProtocol,
    advancedText: provider.advancedJson === undefined ? null : JSON.stringify(provider.advancedJson ?? {}),
    sealedApiKey: provider.sealedApiKey,
    secretVersion: provider.secretVersion,
    sealedHeaders: headersOf(provider.sealedHeaders, provider.headersVersion),
    enabled: provider.enabled,
    usable: usable && provider.advancedJson !== undefined,
  };
}

/** Throws TypeError for a corrupt row. */
export function toRoutedModel(row: RoutingRow): RoutedModel {
  return {
    id: row.id,
    providerId: row.provider_id,
    model: row.model,
    aliases: aliasesOf(row),
    enabled: row.enabled !== 0,
    priority: row.priority,
    isDefault: row.default_of !== null,
    tags: row.tags === '[]' ? NO_TAGS : requireColumn(storedTexts(row.tags), 'tags'),
    whenText: row.when_json,
    advancedText: JSON.stringify(requireColumn(storedObject(row.advanced_json), 'advanced_json')),
    sealedHeaders: headersOf(row.sealed_headers, row.headers_version),
    learnedProtocol: row.learned_protocol,
    multiplier: Number(row.multiplier),
    rates: {
      input: decimal(row.cost_per_1k_input),
      output: decimal(row.cost_per_1k_output),
      cacheWrite: decimal(row.cost_per_1k_cache_write),
      cacheRead: decimal(row.cost_per_1k_cache_read),
    },
    pricingText: sheetOf(row),
  };
}

/** Leaves out a name that the model has twice, which only a manual change can cause: the indexes need each name once. */
function aliasesOf({ model, aliases }: RoutingRow): readonly string[] {
  if (aliases === null || aliases === '[]') return NO_ALIASES;
  const byFold = new Map([[foldCase(model), model]]);
  for (const alias of requireColumn(storedTexts(aliases), 'aliases')) {
    const folded = foldCase(alias);
    if (!byFold.has(folded)) byFold.set(folded, alias);
  }
  return [...byFold.values()].slice(1);
}

function sheetOf({ pricing }: RoutingRow): string | null {
  return requireColumn(storedSheet(pricing), 'pricing') && pricing;
}

const NO_ALIASES: readonly string[] = [];
const NO_TAGS: readonly string[] = [];

function headersOf(text: string | null, version: number): RoutedHeaders | null {
  return text === null ? null : { text, version };
}

function requireColumn<T>(value: T | undefined, column: string): T {
  if (value === undefined) throw new TypeError(`${column} is corrupt`);
  return value;
}

/** Returns a corrupt base URL unchanged; calls with it are rejected. */
function baseUrlOf({ provider, baseUrl, advancedJson }: Provider): string {
  try {
    return effectiveBaseUrl(provider, baseUrl, hasCompleteBaseUrl(advancedJson));
  } catch {
    return baseUrl ?? '';
  }
}

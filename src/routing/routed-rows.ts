import type { JsonObject } from '../crypto/advanced-json-sealer';
import { decimal, object, type RoutingRow } from '../models/model-row';
import type { Provider } from '../providers/provider.entity';
import { effectiveBaseUrl } from '../upstream/base-url';
import type { RoutedModel, RoutedProvider } from './engine/registry-input';

export function toRoutedProvider(provider: Provider, usable: boolean): RoutedProvider {
  return {
    id: provider.id,
    name: provider.name,
    kind: provider.provider,
    baseUrl: baseUrlOf(provider),
    openaiApiMode: provider.openaiApiMode,
    advancedJson: provider.advancedJson,
    usable,
  };
}

/** Throws TypeError or SyntaxError for a row that Caret did not write so. */
export function toRoutedModel(row: RoutingRow): RoutedModel {
  return {
    id: row.id,
    providerId: row.provider_id,
    model: row.model,
    priority: row.priority,
    isDefault: row.default_of !== null,
    tags: row.tags === '[]' ? NO_TAGS : tagsOf(row.tags),
    whenText: row.when_json,
    advancedJson: parametersOf(row.advanced_json),
    learnedProtocol: row.learned_protocol,
    multiplier: Number(row.multiplier),
    rates: {
      input: decimal(row.cost_per_1k_input),
      output: decimal(row.cost_per_1k_output),
      cacheWrite: decimal(row.cost_per_1k_cache_write),
      cacheRead: decimal(row.cost_per_1k_cache_read),
    },
  };
}

const NO_TAGS: readonly string[] = [];

function tagsOf(text: string): string[] {
  const tags: unknown = JSON.parse(text);
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
  throw new TypeError('tags are no list of texts');
}

function parametersOf(text: string): JsonObject {
  const parameters: unknown = object(text);
  if (typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters)) {
    return parameters as JsonObject;
  }
  throw new TypeError('advanced_json is no object');
}

/** One that was spoilt by hand is shown as it is; a call with it is refused. */
function baseUrlOf({ provider, baseUrl }: Provider): string {
  try {
    return effectiveBaseUrl(provider, baseUrl);
  } catch {
    return baseUrl ?? '';
  }
}

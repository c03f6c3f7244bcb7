import { decimal, object, type RoutingRow } from '../models/model-row';
import type { Provider } from '../providers/provider.entity';
import { effectiveBaseUrl } from '../upstream/base-url';
import type { RoutedModel } from './engine/routed-model';
import type { RoutedProvider } from './engine/routed-provider';

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

export function toRoutedModel(row: RoutingRow): RoutedModel {
  return {
    id: row.id,
    providerId: row.provider_id,
    model: row.model,
    priority: row.priority,
    isDefault: row.default_of !== null,
    tags: row.tags === '[]' ? [] : (JSON.parse(row.tags) as string[]),
    whenText: row.when_json,
    advancedJson: object(row.advanced_json),
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

/** One that was spoilt by hand is shown as it is; a call with it is refused. */
function baseUrlOf({ provider, baseUrl }: Provider): string {
  try {
    return effectiveBaseUrl(provider, baseUrl);
  } catch {
    return baseUrl ?? '';
  }
}

import { createRequire } from 'node:module';
import { Injectable } from '@nestjs/common';
import type * as GenaiPrices from '@pydantic/genai-prices';
import { parseUrl } from '../common/parse-url';
import { wallClock } from '../common/timestamp';
import { type PriceTier, type PriceWindow, toCanonicalSheet } from '../pricing/price-sheet';
import { isNamedBy } from './catalogue-names';
import { findScheduledPrices } from './catalogue-schedule';
import { listFinerRates, listTiers, listUnreadPrices, perThousand } from './catalogue-sheet';
import type { SuggestedCosts } from './suggested-costs';

/**
 * The bundled price list. Its prices have no date, so they are dated by its release. The spec fails when another version
 * is installed.
 */
export const CATALOGUE = {
  name: '@pydantic/genai-prices',
  version: '0.1.8',
  released: '2026-09-23',
} as const;

type CataloguePrices = typeof GenaiPrices;
type Entry = GenaiPrices.PriceCalculation;

/**
 * Looks up prices of a model at a provider in a maintained catalogue. Never estimates. Uses only the data in the package
 * and fetches nothing.
 */
@Injectable()
export class PriceCatalogue {
  // Loaded on first use, because it is large and many installations never need a price.
  private package: CataloguePrices | undefined;

  /**
   * Returns the prices valid at `at`, or null for a model or a host that the catalogue does not know. An unknown host may
   * charge other prices for a model of the same name.
   */
  suggest(
    kind: 'openai' | 'anthropic',
    baseUrl: string | null,
    modelId: string,
    at: Date = new Date(wallClock()),
  ): SuggestedCosts | null {
    const entry = this.find(kind, baseUrl, modelId, at);
    return entry === null ? null : toSuggestion(entry, at);
  }

  /** Returns the context window in tokens, or null when the catalogue does not have it. */
  contextLength(kind: 'openai' | 'anthropic', baseUrl: string | null, modelId: string): number | null {
    return this.find(kind, baseUrl, modelId, new Date(wallClock()))?.model.context_window ?? null;
  }

  /** Returns whether any provider in the catalogue has the model and bills its output by tokens. */
  hasTextModel(modelId: string): boolean {
    const entry = this.match(modelId.replace(/^models\//, ''), { timestamp: new Date(wallClock()) });
    return entry?.model_price.output_mtok !== undefined;
  }

  private find(
    kind: 'openai' | 'anthropic',
    baseUrl: string | null,
    modelId: string,
    at: Date,
  ): Entry | null {
    const providerId = baseUrl === null ? kind : this.providerAt(this.load(), baseUrl);
    if (providerId === null) return null;

    // Google lists its models by resource name.
    const model = providerId === 'google' ? modelId.replace(/^models\//, '') : modelId;
    return this.match(model, { providerId, timestamp: at });
  }

  private match(
    modelId: string,
    options: { readonly providerId?: string; readonly timestamp: Date },
  ): Entry | null {
    const entry = this.load().calcPrice({}, modelId, options);
    return entry !== null && isNamedBy(entry.model.id, entry.model.match, modelId) ? entry : null;
  }

  private load(): CataloguePrices {
    return (this.package ??= createRequire(__filename)(CATALOGUE.name) as CataloguePrices);
  }

  private providerAt(prices: CataloguePrices, baseUrl: string): string | null {
    const parsed = parseUrl(baseUrl);
    if (parsed === null) return null;
    const { origin, pathname } = parsed;
    // The patterns are prefixes, and some start with `.*`. Without dots, a path cannot match a host name.
    const url = origin + pathname.replaceAll('.', '-');
    const provider = prices.findProvider({ providerApiUrl: url });
    return provider !== undefined && coversHost(provider, url, origin) ? provider.id : null;
  }
}

/** Whether the pattern matches the complete host and not only the start of `https://api.openai.com.example.org`. */
function coversHost(provider: GenaiPrices.Provider, url: string, origin: string): boolean {
  const matched = new RegExp(`^(?:${provider.api_pattern})`).exec(url)?.[0] ?? '';
  return matched.length >= origin.length || matched.endsWith('.');
}

function toSuggestion(entry: Entry, at: Date): SuggestedCosts | null {
  const scheduled = findScheduledPrices(entry.model.prices, at);
  const prices: GenaiPrices.ModelPrice = scheduled?.base ?? entry.model_price;
  const costs = {
    cost_per_1k_input: perThousand(prices.input_mtok),
    cost_per_1k_output: perThousand(prices.output_mtok),
    cost_per_1k_cache_write: perThousand(prices.cache_write_mtok),
    cost_per_1k_cache_read: perThousand(prices.cache_read_mtok),
  };
  if (Object.values(costs).every((cost) => cost === null)) return null;
  const source = 'catalogue' as const;
  const as_of = CATALOGUE.released;
  const rates = listFinerRates(prices);
  const tiers = listTiers(prices);
  const schedule = scheduled?.schedule ?? [];
  const unexpressed = describeRest(prices, scheduled?.isInexact ?? false);
  return {
    ...costs,
    source,
    origin: {
      catalogue: `${CATALOGUE.name}@${CATALOGUE.version}`,
      provider: entry.provider.id,
      model: entry.model.id,
    },
    as_of,
    note: joinNotes([...describeSheet(tiers, schedule), ...unexpressed]),
    pricing: toCanonicalSheet({
      source,
      as_of,
      ...(unexpressed.length === 0 ? {} : { note: unexpressed.join(' ') }),
      ...(Object.keys(rates).length === 0 ? {} : { rates }),
      ...(tiers.length === 0 ? {} : { tiers }),
      ...(schedule.length === 0 ? {} : { schedule }),
    }),
  };
}

/** Notes what only the price sheet expresses. */
function describeSheet(tiers: readonly PriceTier[], schedule: readonly PriceWindow[]): string[] {
  const [first] = tiers;
  return [
    ...(first
      ? [`Base tier only. Other prices apply beyond ${first.above_input_tokens} input tokens per request.`]
      : []),
    ...(schedule.length > 0 ? ['Prices differ by time of day. These are the base prices.'] : []),
  ];
}

/** Notes what the price sheet cannot express either. */
function describeRest(prices: GenaiPrices.ModelPrice, isInexact: boolean): string[] {
  const unread = listUnreadPrices(prices);
  return [
    ...(isInexact ? ['Other prices apply at some times of day.'] : []),
    ...(unread.length > 0 ? [`Not included: ${unread.join(', ')}.`] : []),
  ];
}

function joinNotes(notes: readonly string[]): string | null {
  return notes.length > 0 ? notes.join(' ') : null;
}

import { createRequire } from 'node:module';
import { Injectable } from '@nestjs/common';
import type * as GenaiPrices from '@pydantic/genai-prices';
import { parseUrl } from '../common/parse-url';
import { wallClock } from '../common/timestamp';

/**
 * The bundled price list. Its prices have no date, so they are dated by its release. The spec fails when another version
 * is installed.
 */
export const CATALOGUE = {
  name: '@pydantic/genai-prices',
  version: '0.1.8',
  released: '2026-09-23',
} as const;

/** US dollars per 1000 tokens. Null when the catalogue has no price. */
export interface SuggestedCosts {
  readonly cost_per_1k_input: number | null;
  readonly cost_per_1k_output: number | null;
  readonly cost_per_1k_cache_write: number | null;
  readonly cost_per_1k_cache_read: number | null;
  /** The package, and its entry that matched the model. */
  readonly origin: { readonly catalogue: string; readonly provider: string; readonly model: string };
  /** The release date of the catalogue, `YYYY-MM-DD`. */
  readonly as_of: string;
  /** What four flat prices cannot express (long prompts, times of day, other units), or null. */
  readonly note: string | null;
}

type CataloguePrices = typeof GenaiPrices;
type Entry = NonNullable<ReturnType<CataloguePrices['calcPrice']>>;
type Price = Entry['model_price'][string];

const FLAT_PRICES = ['input_mtok', 'output_mtok', 'cache_write_mtok', 'cache_read_mtok'];
/** The API accepts costs with at most 12 decimal places. */
const MAX_DECIMALS = 12;

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
    return entry === null ? null : toSuggestion(entry);
  }

  /** Returns the context window in tokens, or null when the catalogue does not have it. */
  contextLength(kind: 'openai' | 'anthropic', baseUrl: string | null, modelId: string): number | null {
    return this.find(kind, baseUrl, modelId, new Date(wallClock()))?.model.context_window ?? null;
  }

  private find(
    kind: 'openai' | 'anthropic',
    baseUrl: string | null,
    modelId: string,
    at: Date,
  ): Entry | null {
    const prices = (this.package ??= loadPackage());
    const providerId = baseUrl === null ? kind : this.providerAt(prices, baseUrl);
    if (providerId === null) return null;

    // Google lists its models by resource name.
    const model = providerId === 'google' ? modelId.replace(/^models\//, '') : modelId;
    return prices.calcPrice({}, model, { providerId, timestamp: at });
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

function loadPackage(): CataloguePrices {
  return createRequire(__filename)(CATALOGUE.name) as CataloguePrices;
}

function toSuggestion(entry: Entry): SuggestedCosts | null {
  const [input, output, cacheWrite, cacheRead] = FLAT_PRICES.map((key) =>
    perThousand(entry.model_price[key]),
  );
  const costs = {
    cost_per_1k_input: input ?? null,
    cost_per_1k_output: output ?? null,
    cost_per_1k_cache_write: cacheWrite ?? null,
    cost_per_1k_cache_read: cacheRead ?? null,
  };
  if (Object.values(costs).every((cost) => cost === null)) return null;
  return {
    ...costs,
    origin: {
      catalogue: `${CATALOGUE.name}@${CATALOGUE.version}`,
      provider: entry.provider.id,
      model: entry.model.id,
    },
    as_of: CATALOGUE.released,
    note: describeLimits(entry),
  };
}

/** Converts a price per million tokens. Shifts decimals, because division would give 0.00000007500000000000001. */
function perThousand(price: Price): number | null {
  const perMillion = typeof price === 'object' ? price.base : price;
  if (perMillion === undefined) return null;
  const [digits = '', exponent = ''] = perMillion.toExponential().split('e');
  const decimals = Math.max(0, digits.replace('.', '').length - 1 - (Number(exponent) - 3));
  const exact = Number(`${digits}e${Number(exponent) - 3}`);
  return decimals <= MAX_DECIMALS ? exact : Number(exact.toFixed(MAX_DECIMALS));
}

function describeLimits({ model, model_price: prices }: Entry): string | null {
  const notes: string[] = [];
  const tiers = FLAT_PRICES.flatMap((key) => {
    const price = prices[key];
    return typeof price === 'object' ? price.tiers.map((tier) => tier.start) : [];
  });
  if (tiers.length > 0) {
    notes.push(`Base tier only. Other prices apply beyond ${Math.min(...tiers)} input tokens per request.`);
  }
  if (
    Array.isArray(model.prices) &&
    model.prices.some(({ constraint }) => constraint?.type === 'time_of_date')
  ) {
    notes.push('Prices differ by time of day. These apply now.');
  }
  const others = Object.keys(prices).filter((key) => !FLAT_PRICES.includes(key));
  if (others.length > 0) notes.push(`Not included: ${others.sort().join(', ')}.`);
  return notes.length > 0 ? notes.join(' ') : null;
}

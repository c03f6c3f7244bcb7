import { createRequire } from 'node:module';
import { Injectable } from '@nestjs/common';
import type * as GenaiPrices from '@pydantic/genai-prices';
import { parseUrl } from '../common/parse-url';

/**
 * The bundled price list: prices are as of its release, for it bears no date of its own. The spec fails
 * when the installed package is another one than this.
 */
export const CATALOGUE = {
  name: '@pydantic/genai-prices',
  version: '0.1.8',
  released: '2026-09-23',
} as const;

/** US dollars for 1000 tokens; null where the catalogue names no price. */
export interface SuggestedCosts {
  readonly cost_per_1k_input: number | null;
  readonly cost_per_1k_output: number | null;
  readonly cost_per_1k_cache_write: number | null;
  readonly cost_per_1k_cache_read: number | null;
  /** Where the prices come from: the package, and the entry in it that was taken to be the model. */
  readonly source: { readonly catalogue: string; readonly provider: string; readonly model: string };
  /** The day of the catalogue's release, `YYYY-MM-DD`. */
  readonly as_of: string;
  /** What four flat prices cannot say (longer prompts, times of day, other units), or null. */
  readonly note: string | null;
}

type CataloguePrices = typeof GenaiPrices;
type Entry = NonNullable<ReturnType<CataloguePrices['calcPrice']>>;
type Price = Entry['model_price'][string];

const FLAT_PRICES = ['input_mtok', 'output_mtok', 'cache_write_mtok', 'cache_read_mtok'];
/** A cost has at most 12 decimal places. */
const MAX_DECIMALS = 12;

/**
 * Prices that a maintained catalogue knows for a model at a provider, never an estimate. Only the data in
 * the package are used: its remote update is not set up, so nothing is ever fetched.
 */
@Injectable()
export class PriceCatalogue {
  // Loading takes some 25 ms and 20 MB, which no start should pay: many never ask for a price.
  private package: CataloguePrices | undefined;

  /**
   * The prices valid at `at`, or null: for an unknown model, and for a host that no catalogue provider
   * claims, since another host may charge anything for the same name.
   */
  suggest(
    kind: 'openai' | 'anthropic',
    baseUrl: string | null,
    modelId: string,
    at: Date = new Date(),
  ): SuggestedCosts | null {
    const entry = this.find(kind, baseUrl, modelId, at);
    return entry === null ? null : toSuggestion(entry);
  }

  /** How many tokens a model takes and gives in one request; null where the catalogue does not say. */
  contextLength(kind: 'openai' | 'anthropic', baseUrl: string | null, modelId: string): number | null {
    return this.find(kind, baseUrl, modelId, new Date())?.model.context_window ?? null;
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

    // Google lists its models as resource names.
    const model = providerId === 'google' ? modelId.replace(/^models\//, '') : modelId;
    return prices.calcPrice({}, model, { providerId, timestamp: at });
  }

  private providerAt(prices: CataloguePrices, baseUrl: string): string | null {
    const parsed = parseUrl(baseUrl);
    if (parsed === null) return null;
    const { origin, pathname } = parsed;
    // The patterns are prefixes, and some start with `.*`: without dots no path can pass for a host.
    const url = origin + pathname.replaceAll('.', '-');
    const provider = prices.findProvider({ providerApiUrl: url });
    return provider !== undefined && coversHost(provider, url, origin) ? provider.id : null;
  }
}

/** Whether the provider's pattern speaks of this very host, not of `https://api.openai.com.example.org`. */
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
    source: {
      catalogue: `${CATALOGUE.name}@${CATALOGUE.version}`,
      provider: entry.provider.id,
      model: entry.model.id,
    },
    as_of: CATALOGUE.released,
    note: limits(entry),
  };
}

/** From a price for a million tokens, in decimal: binary division would give 0.00000007500000000000001. */
function perThousand(price: Price): number | null {
  const perMillion = typeof price === 'object' ? price.base : price;
  if (perMillion === undefined) return null;
  const [digits = '', exponent = ''] = perMillion.toExponential().split('e');
  const decimals = Math.max(0, digits.replace('.', '').length - 1 - (Number(exponent) - 3));
  const exact = Number(`${digits}e${Number(exponent) - 3}`);
  return decimals <= MAX_DECIMALS ? exact : Number(exact.toFixed(MAX_DECIMALS));
}

function limits({ model, model_price: prices }: Entry): string | null {
  const notes: string[] = [];
  const tiers = FLAT_PRICES.flatMap((key) => {
    const price = prices[key];
    return typeof price === 'object' ? price.tiers.map((tier) => tier.start) : [];
  });
  if (tiers.length > 0) {
    notes.push(`Base tier only: other prices apply beyond ${Math.min(...tiers)} input tokens in a request.`);
  }
  if (
    Array.isArray(model.prices) &&
    model.prices.some(({ constraint }) => constraint?.type === 'time_of_date')
  ) {
    notes.push('Prices differ by time of day: these hold now.');
  }
  const others = Object.keys(prices).filter((key) => !FLAT_PRICES.includes(key));
  if (others.length > 0) notes.push(`Not included: ${others.sort().join(', ')}.`);
  return notes.length > 0 ? notes.join(' ') : null;
}

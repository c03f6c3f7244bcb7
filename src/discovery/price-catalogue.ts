import { createRequire } from 'node:module';
import { Injectable } from '@nestjs/common';
import type * as GenaiPrices from '@pydantic/genai-prices';
import { parseUrl } from '../common/parse-url';
import { wallClock } from '../common/timestamp';
import { CatalogueIndex } from '../pricing/catalogue/catalogue-index';
import { toCatalogueSheet } from '../pricing/catalogue/catalogue-sheet';
import { findPricesInForce } from '../pricing/catalogue/prices-in-force';
import { type SuggestedCosts, suggestedSheet } from './suggested-costs';

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

/** An entry of the catalogue, and the provider at the host of the model. */
interface Entry {
  readonly providerId: string;
  readonly model: GenaiPrices.ModelInfo;
}

/** Vertex AI charges more in a region than at its global endpoint, and the catalogue has the global prices. */
const REGIONAL_HOST = /^[a-z0-9-]+-aiplatform\.googleapis\.com$/;

/**
 * Looks up prices of a model at a provider in a maintained catalogue. Never estimates. Uses only the data in the package
 * and fetches nothing.
 */
@Injectable()
export class PriceCatalogue {
  // Loaded on first use, because it is large and many installations never need a price.
  private package: CataloguePrices | undefined;
  /** By the catalogue's id of the provider, so their number is limited. */
  private readonly indexes = new Map<string, CatalogueIndex | null>();
  /** The provider at the base URL of the last lookup, because lists look up many models of one. Finding it takes about 15 µs. */
  private last: { readonly baseUrl: string; readonly provider: GenaiPrices.Provider | null } | null = null;

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
    const entry = this.find(kind, baseUrl, modelId);
    const priced = entry && toCatalogueSheet({ ...entry, modelId }, at);
    if (!priced) return null;
    const { costs, sheet, note } = priced;
    const source = 'catalogue';
    const as_of = CATALOGUE.released;
    return {
      cost_per_1k_input: costs.input,
      cost_per_1k_output: costs.output,
      cost_per_1k_cache_write: costs.cache_write,
      cost_per_1k_cache_read: costs.cache_read,
      source,
      origin: {
        catalogue: `${CATALOGUE.name}@${CATALOGUE.version}`,
        provider: entry.providerId,
        model: entry.model.id,
      },
      as_of,
      note,
      pricing: suggestedSheet({ source, as_of, note }, sheet),
    };
  }

  /** Returns the context window in tokens, or null when the catalogue does not have it. */
  contextLength(kind: 'openai' | 'anthropic', baseUrl: string | null, modelId: string): number | null {
    return this.find(kind, baseUrl, modelId)?.model.context_window ?? null;
  }

  /** Returns whether any provider in the catalogue has the model and bills its output by tokens. */
  hasTextModel(modelId: string): boolean {
    const provider = this.load().findProvider({ modelId: modelId.replace(/^models\//, '') });
    const model = provider && this.indexOf(provider.id)?.find(modelId);
    const prices = model && findPricesInForce(model, new Date(wallClock()))?.prices;
    return prices?.output_mtok !== undefined;
  }

  private find(kind: 'openai' | 'anthropic', baseUrl: string | null, modelId: string): Entry | null {
    const provider = baseUrl === null ? this.providerOf(kind) : this.lastProviderAt(baseUrl);
    if (provider === null) return null;
    // A cloud also sells the models of these vendors, at their prices.
    for (const id of [provider.id, ...(provider.fallback_model_providers ?? [])]) {
      const model = this.indexOf(id)?.find(modelId);
      if (model) return { providerId: provider.id, model };
    }
    return null;
  }

  private indexOf(providerId: string): CatalogueIndex | null {
    const known = this.indexes.get(providerId);
    if (known !== undefined) return known;
    const provider = this.providerOf(providerId);
    const index = provider && new CatalogueIndex(provider);
    this.indexes.set(providerId, index);
    return index;
  }

  private providerOf(providerId: string): GenaiPrices.Provider | null {
    return this.load().findProvider({ providerId }) ?? null;
  }

  private lastProviderAt(baseUrl: string): GenaiPrices.Provider | null {
    if (this.last?.baseUrl !== baseUrl) this.last = { baseUrl, provider: this.providerAt(baseUrl) };
    return this.last.provider;
  }

  private providerAt(baseUrl: string): GenaiPrices.Provider | null {
    const parsed = parseUrl(baseUrl);
    if (parsed === null || REGIONAL_HOST.test(parsed.hostname)) return null;
    const { origin, pathname } = parsed;
    // The patterns are prefixes, and some start with `.*`. Without dots, a path cannot match a host name.
    const url = origin + pathname.replaceAll('.', '-');
    const provider = this.load().findProvider({ providerApiUrl: url });
    return provider !== undefined && coversHost(provider, url, origin) ? provider : null;
  }

  private load(): CataloguePrices {
    return (this.package ??= createRequire(__filename)(CATALOGUE.name) as CataloguePrices);
  }
}

/** Whether the pattern matches the complete host and not only the start of `https://api.openai.com.example.org`. */
function coversHost(provider: GenaiPrices.Provider, url: string, origin: string): boolean {
  const matched = new RegExp(`^(?:${provider.api_pattern})`).exec(url)?.[0] ?? '';
  return matched.length >= origin.length || matched.endsWith('.');
}

import type { PriceSheet } from '../pricing/price-sheet';

/** US dollars per 1000 tokens. Null when the source has no price. */
export interface SuggestedCosts {
  readonly cost_per_1k_input: number | null;
  readonly cost_per_1k_output: number | null;
  readonly cost_per_1k_cache_write: number | null;
  readonly cost_per_1k_cache_read: number | null;
  /** The upstream's own list, or the price catalogue. */
  readonly source: 'upstream' | 'catalogue';
  /** The package, and its entry that matched the model. Null for the upstream's own list. */
  readonly origin: { readonly catalogue: string; readonly provider: string; readonly model: string } | null;
  /** When the upstream listed the prices, or the release date of the catalogue. `YYYY-MM-DD`. */
  readonly as_of: string;
  /** What the prices cannot express (long prompts, other units), or null. */
  readonly note: string | null;
  /** What the four costs cannot express, and where they come from, for the model's field `pricing`. */
  readonly pricing: PriceSheet;
}

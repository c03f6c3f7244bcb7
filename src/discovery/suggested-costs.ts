/** A daily window in which prices are multiplied. */
export interface PriceWindow {
  /** `HH:MM`, inclusive. */
  readonly from: string;
  /** `HH:MM`, exclusive. */
  readonly to: string;
  readonly timezone: 'UTC';
  readonly multiplier: number;
}

/** The rates of a request with more input tokens, in US dollars per 1000 tokens by kind. */
export type PriceTier = { readonly above_input_tokens: number } & Readonly<Record<string, number>>;

/** What four flat prices cannot express, in the form of a model's price sheet, and where the prices come from. */
export interface SuggestedPricing {
  readonly source: 'upstream' | 'catalogue';
  /** `YYYY-MM-DD`. */
  readonly as_of: string;
  readonly note?: string;
  /** US dollars per 1000 tokens, by kind. */
  readonly rates?: Readonly<Record<string, number>>;
  /** US dollars each. */
  readonly units?: Readonly<Record<string, number>>;
  readonly tiers?: readonly PriceTier[];
  readonly schedule?: readonly PriceWindow[];
}

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
  readonly pricing: SuggestedPricing;
}

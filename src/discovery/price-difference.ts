import type { ModelPrices, PricedModel } from '../models/priced-model';
import { hasSamePrices } from '../pricing/same-prices';
import type { PriceDifference } from './dto/price-check.response.dto';
import type { SuggestedCosts } from './suggested-costs';

const RATES = [
  'cost_per_1k_input',
  'cost_per_1k_output',
  'cost_per_1k_cache_write',
  'cost_per_1k_cache_read',
] as const satisfies readonly (keyof ModelPrices)[];

/** Returns the stored prices beside the suggested ones, or null if they are the same. */
export function comparePrices(
  { id, model, prices }: PricedModel,
  { source, as_of, note, ...suggested }: SuggestedCosts,
): PriceDifference | null {
  const isSame =
    RATES.every((rate) => prices[rate] === suggested[rate]) &&
    hasSamePrices(prices.pricing, suggested.pricing);
  if (isSame) return null;
  return { model_id: id, model, stored: prices, suggested: toModelPrices(suggested), source, as_of, note };
}

/** Returns the prices of a suggestion without its origin. */
export function toModelPrices(prices: ModelPrices): ModelPrices {
  const { cost_per_1k_input, cost_per_1k_output, cost_per_1k_cache_write, cost_per_1k_cache_read, pricing } =
    prices;
  return { cost_per_1k_input, cost_per_1k_output, cost_per_1k_cache_write, cost_per_1k_cache_read, pricing };
}

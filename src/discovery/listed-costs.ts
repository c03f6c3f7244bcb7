import { timestamp } from '../common/timestamp';
import { amountProblem } from '../pricing/amount';
import { MAX_TIERS } from '../pricing/price-sheet';
import type { ListedPrices } from '../upstream/model-list/listed-prices';
import { type SuggestedCosts, suggestedSheet } from './suggested-costs';

const OTHER_PRICES = 'The list has more prices, which apply under conditions that a sheet cannot express.';

/** Suggests the prices that the upstream's own list states. Returns null if one of them cannot be stored. */
export function toListedCosts(prices: ListedPrices): SuggestedCosts | null {
  const { rates, units, tiers } = prices;
  const amounts = [rates, units, ...tiers.map((tier) => tier.rates)].flatMap((each) => Object.values(each));
  if (tiers.length > MAX_TIERS || amounts.some((amount) => amountProblem(amount) !== null)) return null;
  const { input, output, cache_write, cache_read, ...finer } = rates;
  const source = 'upstream' as const;
  const as_of = timestamp().slice(0, 'YYYY-MM-DD'.length);
  const note = prices.hasOtherPrices ? OTHER_PRICES : null;
  return {
    cost_per_1k_input: input ?? null,
    cost_per_1k_output: output ?? null,
    cost_per_1k_cache_write: cache_write ?? null,
    cost_per_1k_cache_read: cache_read ?? null,
    source,
    origin: null,
    as_of,
    note,
    pricing: suggestedSheet(
      { source, as_of, note },
      {
        rates: finer,
        units,
        tiers: tiers.map((tier) => ({ above_input_tokens: tier.aboveInputTokens, ...tier.rates })),
      },
    ),
  };
}

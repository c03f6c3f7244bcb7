import { timestamp } from '../common/timestamp';
import { amountProblem } from '../pricing/amount';
import type { ListedPrices } from '../upstream/model-list/listed-prices';
import { type SuggestedCosts, suggestedSheet } from './suggested-costs';

const TIERS = 'Base tier only. Other prices apply to long prompts.';

/** Suggests the prices that the upstream's own list states. Returns null if one of them cannot be stored. */
export function toListedCosts({ rates, units, hasTiers }: ListedPrices): SuggestedCosts | null {
  const amounts = [...Object.values(rates), ...Object.values(units)];
  if (amounts.some((amount) => amountProblem(amount) !== null)) return null;
  const { input, output, cache_write, cache_read, ...finer } = rates;
  const source = 'upstream' as const;
  const as_of = timestamp().slice(0, 'YYYY-MM-DD'.length);
  const note = hasTiers ? TIERS : null;
  return {
    cost_per_1k_input: input ?? null,
    cost_per_1k_output: output ?? null,
    cost_per_1k_cache_write: cache_write ?? null,
    cost_per_1k_cache_read: cache_read ?? null,
    source,
    origin: null,
    as_of,
    note,
    pricing: suggestedSheet({ source, as_of, note }, { rates: finer, units }),
  };
}

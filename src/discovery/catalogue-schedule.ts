import type { ConditionalPrice, ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import type { PriceWindow } from '../pricing/price-sheet';

/** The prices of a model outside its daily windows, and the windows as multipliers. */
export interface ScheduledPrices {
  readonly base: ModelPrice;
  readonly schedule: readonly PriceWindow[];
  /** Whether a window changes prices by different factors, which no schedule can express. */
  readonly isInexact: boolean;
}

/**
 * Separates prices by the time of day, so that a suggestion does not depend on the clock. Returns null for a model without
 * such prices. `at` decides between prices with different start dates.
 */
export function findScheduledPrices(prices: ModelInfo['prices'], at: Date): ScheduledPrices | null {
  if (!Array.isArray(prices)) return null;
  const windows = prices.filter(({ constraint }) => constraint?.type === 'time_of_date');
  const base = prices.filter((price) => isInForce(price, at)).at(-1)?.prices;
  if (windows.length === 0 || base === undefined) return null;
  const schedule = windows.map((window) => toWindow(window, base)).filter((each) => each !== null);
  return { base, schedule, isInexact: schedule.length < windows.length };
}

function isInForce({ constraint }: ConditionalPrice, at: Date): boolean {
  if (constraint === undefined) return true;
  return constraint.type === 'start_date' && new Date(constraint.start_date) <= at;
}

/** Returns null if the prices do not differ by one factor. */
function toWindow({ constraint, prices }: ConditionalPrice, base: ModelPrice): PriceWindow | null {
  if (constraint?.type !== 'time_of_date') return null;
  const kinds = new Set([...Object.keys(base), ...Object.keys(prices)]);
  const factors = [...kinds].map((kind) => factorOf(prices[kind], base[kind]));
  const [multiplier] = factors;
  if (multiplier === undefined || multiplier === null || factors.some((each) => each !== multiplier))
    return null;
  const [from, to] = [constraint.start_time, constraint.end_time].map((time) =>
    time.slice(0, 'HH:MM'.length),
  );
  return { from: from!, to: to!, timezone: 'UTC', multiplier };
}

function factorOf(price: ModelPrice[string], base: ModelPrice[string]): number | null {
  if (typeof price !== 'number' || typeof base !== 'number' || base === 0) return null;
  return Number((price / base).toFixed(6));
}

import type { ConditionalPrice, ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import Big from 'big.js';
import { MAX_DECIMALS, toDecimalText } from '../amount';
import type { PriceWindow } from '../price-sheet';
import { toBig } from '../rate-table';

/** A daily window in UTC, and the prices in it. */
interface DailyPrices {
  readonly from: string;
  readonly to: string;
  readonly prices: ModelPrice;
}

/** The prices of an entry at a time. They do not depend on the hour of that time. */
export interface PricesInForce {
  readonly prices: ModelPrice;
  readonly schedule: readonly PriceWindow[];
  /** Whether no schedule can express how prices change during the day. `prices` are then the highest. */
  readonly isHighest: boolean;
  /** The day on which other prices begin, `YYYY-MM-DD`, or null. */
  readonly next: string | null;
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d:00Z$/;

/** Returns the prices of an entry at a time. Later entries of the catalogue replace earlier ones. */
export function findPricesInForce({ prices }: ModelInfo, at: Date): PricesInForce | null {
  if (!Array.isArray(prices)) return { prices, schedule: [], isHighest: false, next: null };
  const base = prices.filter((price) => isInForce(price, at)).at(-1)?.prices;
  if (base === undefined) return null;
  const next = prices.flatMap((price) => startDateOf(price, at)).sort()[0] ?? null;
  const daily = prices.flatMap(dailyPrices);
  const schedule = daily.map((window) => toWindow(window, base));
  const isExact = schedule.every((window) => window !== null) && !hasOverlap(daily);
  if (isExact) return { prices: base, schedule, isHighest: false, next };
  const all = [base, ...prices.flatMap(({ constraint, prices: own }) => (isDaily(constraint) ? [own] : []))];
  return { prices: highestOf(all), schedule: [], isHighest: true, next };
}

function isDaily(constraint: ConditionalPrice['constraint']): boolean {
  return constraint?.type === 'time_of_date';
}

function isInForce({ constraint }: ConditionalPrice, at: Date): boolean {
  if (constraint === undefined) return true;
  return constraint.type === 'start_date' && new Date(constraint.start_date) <= at;
}

function startDateOf({ constraint }: ConditionalPrice, after: Date): string[] {
  const isLater = constraint?.type === 'start_date' && new Date(constraint.start_date) > after;
  return isLater ? [constraint.start_date] : [];
}

function dailyPrices({ constraint, prices }: ConditionalPrice): DailyPrices[] {
  if (constraint?.type !== 'time_of_date') return [];
  return [{ from: constraint.start_time, to: constraint.end_time, prices }];
}

/** Returns null if the prices of the window do not differ from the others by one factor. */
function toWindow({ from, to, prices }: DailyPrices, base: ModelPrice): PriceWindow | null {
  if (!TIME.test(from) || !TIME.test(to)) return null;
  const multiplier = commonFactor(prices, base);
  if (multiplier === null) return null;
  return { from: from.slice(0, 5), to: to.slice(0, 5), timezone: 'UTC', multiplier };
}

function commonFactor(prices: ModelPrice, base: ModelPrice): string | null {
  const kinds = [...new Set([...Object.keys(base), ...Object.keys(prices)])];
  const pairs = kinds.map((kind) => [prices[kind], base[kind]] as const);
  const first = pairs.find(([, divisor]) => typeof divisor === 'number' && divisor > 0);
  if (typeof first?.[0] !== 'number' || typeof first[1] !== 'number') return null;
  const factor = toBig(first[0]).div(toBig(first[1])).round(MAX_DECIMALS);
  const isCommon = pairs.every(
    ([price, divisor]) =>
      typeof price === 'number' &&
      typeof divisor === 'number' &&
      toBig(divisor).times(factor).eq(toBig(price)),
  );
  return isCommon ? toDecimalText(factor.toFixed()) : null;
}

/** Factors of windows that are open at the same time would multiply, but in the catalogue the last one counts. */
function hasOverlap(windows: readonly DailyPrices[]): boolean {
  const contains = ({ from, to }: DailyPrices, time: string) =>
    from < to ? time >= from && time < to : time >= from || time < to;
  return windows.some((one, index) =>
    windows.slice(index + 1).some((other) => contains(one, other.from) || contains(other, one.from)),
  );
}

/** Returns the list of prices whose tokens cost most. */
function highestOf(all: readonly ModelPrice[]): ModelPrice {
  const sum = (prices: ModelPrice) =>
    Object.values(prices).reduce<Big>(
      (total, price) => total.plus(typeof price === 'object' ? price.base : (price ?? 0)),
      new Big(0),
    );
  return all.reduce((highest, prices) => (sum(prices).gt(sum(highest)) ? prices : highest));
}

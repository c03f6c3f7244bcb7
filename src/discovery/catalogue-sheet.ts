import type { ModelPrice } from '@pydantic/genai-prices';
import { shiftDecimal } from '../common/shift-decimal';
import type { ModelKind, SheetKind } from '../pricing/price-kinds';
import type { PriceTier, RateTable } from '../pricing/price-sheet';

/** The main kinds of tokens, by the catalogue's names. */
const MAIN_KINDS: ReadonlyMap<string, ModelKind> = new Map([
  ['input_mtok', 'input'],
  ['output_mtok', 'output'],
  ['cache_write_mtok', 'cache_write'],
  ['cache_read_mtok', 'cache_read'],
]);
/** Finer kinds, which a price sheet has. */
const FINER_KINDS: ReadonlyMap<string, SheetKind> = new Map([
  ['cache_write_1h_mtok', 'cache_write_1h'],
  ['input_audio_mtok', 'input_audio'],
  ['output_audio_mtok', 'output_audio'],
  ['cache_audio_read_mtok', 'cache_read_audio'],
  ['input_image_mtok', 'input_image'],
  ['output_image_mtok', 'output_image'],
  ['input_video_mtok', 'input_video'],
]);
/** From US dollars per million tokens to US dollars per 1000. */
const PER_MILLION = -3;

type Price = ModelPrice[string];

/** Returns the base tier in US dollars per 1000 tokens, or null. */
export function perThousand(price: Price): number | null {
  const perMillion = typeof price === 'object' ? price.base : price;
  return perMillion === undefined ? null : shiftDecimal(perMillion, PER_MILLION);
}

/** Returns the rates of finer kinds, by the names of a price sheet. */
export function listFinerRates(prices: ModelPrice): RateTable<SheetKind> {
  const rates = [...FINER_KINDS].map(([key, kind]) => [kind, perThousand(prices[key])] as const);
  return Object.fromEntries(rates.filter(([, rate]) => rate !== null));
}

/** Returns the rates of long prompts. Each tier has every main kind, because it replaces all rates of the request. */
export function listTiers(prices: ModelPrice): PriceTier[] {
  const starts = new Set([...MAIN_KINDS.keys()].flatMap((key) => startsOf(prices[key])));
  return [...starts]
    .sort((one, other) => one - other)
    .map((start) => {
      const rates = [...MAIN_KINDS].map(([key, kind]) => [kind, rateAt(prices[key], start)] as const);
      return { above_input_tokens: start, ...Object.fromEntries(rates.filter(([, rate]) => rate !== null)) };
    });
}

/** Returns the catalogue's names of prices that a price sheet cannot express. */
export function listUnreadPrices(prices: ModelPrice): string[] {
  return Object.keys(prices)
    .filter((key) => !MAIN_KINDS.has(key) && !FINER_KINDS.has(key))
    .sort();
}

function startsOf(price: Price): number[] {
  return typeof price === 'object' ? price.tiers.map(({ start }) => start) : [];
}

function rateAt(price: Price, start: number): number | null {
  if (typeof price !== 'object') return perThousand(price);
  const tier = price.tiers.filter((each) => each.start <= start).at(-1);
  return tier ? shiftDecimal(tier.price, PER_MILLION) : perThousand(price);
}

import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import { MAX_DECIMALS, toDecimalText } from '../amount';
import { MODEL_KINDS, type ModelKind, type TokenKind, type UnitKind } from '../price-kinds';
import { MAX_NOTE_LENGTH, type PriceSheet, type PriceTier } from '../price-sheet';
import { toBig } from '../rate-table';
import { isMovingAlias } from './model-names';
import { findPricesInForce, type PricesInForce } from './prices-in-force';
import { findVendorTerms } from './vendor-terms';

/** The tokens of each price per million. */
const TOKENS = new Map<string, TokenKind>([
  ['input_mtok', 'input'],
  ['output_mtok', 'output'],
  ['cache_write_mtok', 'cache_write'],
  ['cache_write_1h_mtok', 'cache_write_1h'],
  ['cache_read_mtok', 'cache_read'],
  ['input_audio_mtok', 'input_audio'],
  ['output_audio_mtok', 'output_audio'],
  ['cache_audio_read_mtok', 'cache_read_audio'],
  ['input_image_mtok', 'input_image'],
  ['output_image_mtok', 'output_image'],
  ['input_video_mtok', 'input_video'],
  ['output_reasoning_mtok', 'output_reasoning'],
  ['output_citation_mtok', 'citation'],
]);

/** The units of each price per thousand. */
const UNITS = new Map<string, UnitKind>([
  ['requests_kcount', 'request'],
  ['web_searches_kcount', 'web_search'],
  ['storage_searches_kcount', 'file_search'],
]);

type Amounts<Kind extends string> = Partial<Record<Kind, string>>;

/** What an entry of the catalogue becomes: the rates of a model's own fields, and its sheet. */
export interface CatalogueSheet {
  readonly costs: Readonly<Record<ModelKind, number | null>>;
  readonly sheet: Pick<PriceSheet, 'rates' | 'units' | 'tiers' | 'adjustments' | 'schedule'>;
  /** What the sheet cannot express, or null. */
  readonly note: string | null;
}

/** Converts an entry of the catalogue at a time. Returns null if it has no price that Caret knows. */
export function toCatalogueSheet(
  { providerId, modelId, model }: { providerId: string; modelId: string; model: ModelInfo },
  at: Date,
): CatalogueSheet | null {
  const inForce = findPricesInForce(model, at);
  if (inForce === null) return null;
  const rates = baseRates(inForce.prices);
  const units = unitPrices(inForce.prices);
  if (Object.keys(rates).length === 0 && Object.keys(units).length === 0) return null;
  const tiers = tiersOf(inForce.prices);
  const terms = findVendorTerms(providerId, model.id, [rates, ...tiers]);
  const [own, ...ownTiers] = terms.tables as [Amounts<TokenKind>, ...PriceTier[]];
  const { costs, finer } = separate(own);
  return {
    costs,
    sheet: {
      rates: finer,
      units,
      tiers: ownTiers,
      adjustments: terms.adjustments,
      schedule: inForce.schedule,
    },
    note: noteOf([...listLimits(modelId, inForce), ...terms.notes]),
  };
}

function baseRates(prices: ModelPrice): Amounts<TokenKind> {
  return amountsOf(TOKENS, (key) => {
    const price = prices[key];
    return typeof price === 'object' ? price.base : price;
  });
}

function unitPrices(prices: ModelPrice): Amounts<UnitKind> {
  return amountsOf(UNITS, (key) => {
    const price = prices[key];
    return typeof price === 'object' ? price.base : price;
  });
}

function tiersOf(prices: ModelPrice): PriceTier[] {
  const starts = Object.values(prices).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map(({ start }) => start) : [],
  );
  return [...new Set(starts)]
    .sort((one, other) => one - other)
    .map((start) => ({
      above_input_tokens: start,
      ...amountsOf(TOKENS, (key) => tierPrice(prices[key], start)),
    }));
}

/** In the catalogue, each kind has tiers of its own, and the highest one that is exceeded counts. */
function tierPrice(price: ModelPrice[string], start: number): number | undefined {
  if (typeof price !== 'object') return undefined;
  return price.tiers.filter((tier) => tier.start <= start).at(-1)?.price;
}

/** Converts prices for a million tokens to a thousand, and prices for a thousand units to one. */
function amountsOf<Kind extends string>(
  kinds: ReadonlyMap<string, Kind>,
  priceOf: (key: string) => number | undefined,
): Amounts<Kind> {
  const amounts: Amounts<Kind> = {};
  for (const [key, kind] of kinds) {
    const price = priceOf(key);
    if (price !== undefined)
      amounts[kind] = toDecimalText(toBig(price).div(1000).round(MAX_DECIMALS).toFixed());
  }
  return amounts;
}

function separate(rates: Amounts<TokenKind>) {
  const isOwn = (kind: string) => (MODEL_KINDS as readonly string[]).includes(kind);
  const numberOf = (kind: ModelKind) => (rates[kind] === undefined ? null : Number(rates[kind]));
  return {
    costs: {
      input: numberOf('input'),
      output: numberOf('output'),
      cache_write: numberOf('cache_write'),
      cache_read: numberOf('cache_read'),
    },
    finer: Object.fromEntries(Object.entries(rates).filter(([kind]) => !isOwn(kind))),
  };
}

/** Names of models whose usage has tokens of other media, and the prices of these. */
const MEDIA = [
  { name: /audio|realtime|voice|live/i, price: /audio/, medium: 'audio' },
  { name: /image/i, price: /image/, medium: 'image' },
] as const;

function listLimits(modelId: string, { prices, isHighest, next }: PricesInForce): string[] {
  const notes: string[] = [];
  if (isMovingAlias(modelId)) {
    notes.push('The name is an alias. The vendor may move it to a model with other prices.');
  }
  if (isHighest) notes.push('Prices change during the day. These are the highest.');
  if (next !== null) notes.push(`Other prices apply from ${next}.`);
  if (prices.requests_kcount !== undefined) {
    notes.push('The price of a request is that of the largest search context. Smaller ones cost less.');
  }
  for (const { name, price, medium } of MEDIA) {
    const isMissing = name.test(modelId) && !Object.keys(prices).some((key) => price.test(key));
    if (isMissing) notes.push(`The catalogue has no price for ${medium} tokens.`);
  }
  const others = Object.keys(prices).filter((key) => !TOKENS.has(key) && !UNITS.has(key));
  if (others.length > 0) notes.push(`Not included: ${others.sort().join(', ')}.`);
  return notes;
}

function noteOf(notes: readonly string[]): string | null {
  return notes.length === 0 ? null : notes.join(' ').slice(0, MAX_NOTE_LENGTH);
}

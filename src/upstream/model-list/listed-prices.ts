import { isJsonObject, type JsonObject } from '../../common/json-object';
import { shiftDecimal } from '../../common/shift-decimal';
import { listParts, valueAt } from './entry-values';
import { listTierParts } from './listed-tiers';
import { FORMS, type ListedRate, type ListedUnit, type Names, type PriceForm } from './price-forms';

/** US dollars per 1000 tokens. */
export type ListedRates = Readonly<Partial<Record<ListedRate, number>>>;

/** The rates of prompts with more tokens than `aboveInputTokens`. What they leave out keeps its rate. */
export interface ListedTier {
  readonly aboveInputTokens: number;
  readonly rates: ListedRates;
}

/** The prices that a list states for one model. */
export interface ListedPrices {
  readonly rates: ListedRates;
  /** US dollars each. */
  readonly units: Readonly<Partial<Record<ListedUnit, number>>>;
  /** The lowest first. */
  readonly tiers: readonly ListedTier[];
  /** Whether other prices apply under conditions that cannot be read. */
  readonly hasOtherPrices: boolean;
}

/** Numbers beside prices. */
const NO_PRICES = /^(discount|currency|unit)$/;

/** Reads the prices of an entry, or returns null. A negative price means that the vendor has none, as for a router. */
export function readListedPrices(entry: JsonObject, { hostname }: URL): ListedPrices | null {
  for (const form of FORMS) {
    if (form.host && !form.host.test(hostname)) continue;
    for (const part of [...listParts(entry, form.parts), ...listHostPrices(entry)]) {
      const prices = readPrices(part, form);
      if (prices !== null) return prices;
    }
  }
  return null;
}

function readPrices(part: JsonObject, form: PriceForm): ListedPrices | null {
  const { currency = 'USD' } = part;
  if (currency !== 'USD' && currency !== null) return null;
  if (form.unit && !form.unit[1].test(String(valueAt(part, form.unit[0])))) return null;
  const own = readAmounts(part, form.rates, form.power);
  const units = readAmounts(part, form.units ?? {}, 0);
  if (own === null || units === null) return null;
  const { base, tiers, hasOthers } = readTiers(part, form);
  const rates = { ...own, ...base };
  if (rates.input === undefined && rates.output === undefined) return null;
  if (!isPaid(rates)) {
    const isUnknown =
      form.zeroIsUnknown ??
      ([rates, ...tiers.map((tier) => tier.rates)].some(hasPrice) || hasOtherPrice(part, form));
    return isUnknown ? null : { rates, units: withoutZeros(units), tiers: [], hasOtherPrices: hasOthers };
  }
  return {
    rates: { ...withoutZeros(rates), ...onlyMain(rates) },
    units: withoutZeros(units),
    tiers: mergeTiers(tiers),
    hasOtherPrices: hasOthers,
  };
}

/** Whether tokens cost anything. In a model that is paid, lists fill the prices they do not know with zeros. */
function isPaid({ input = 0, output = 0 }: ListedRates): boolean {
  return input > 0 || output > 0;
}

function hasPrice(rates: ListedRates): boolean {
  return Object.values(rates).some((rate) => rate > 0);
}

/** Whether something beside text has a price, such as seconds, images or characters. Zeros for text are unknown then. */
function hasOtherPrice(part: JsonObject, { prices, units = {} }: PriceForm): boolean {
  const known = new Set(Object.values(units).flat());
  return Object.entries(part).some(
    ([key, value]) =>
      !known.has(key) && (prices?.test(key) ?? !NO_PRICES.test(key)) && (toAmount(value) ?? 0) > 0,
  );
}

function onlyMain({ input, output }: ListedRates): ListedRates {
  return { ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) };
}

/** Reads each tier as the list states it. `base` has the rates of tiers that begin at 0, which win over those of the entry. */
function readTiers(part: JsonObject, form: PriceForm) {
  const { parts, hasOthers } = listTierParts(part, new Set(Object.values(form.rates).flat()));
  const read = parts.map(({ above, prices }) => ({
    aboveInputTokens: above,
    rates: readAmounts(prices, form.rates, form.power),
  }));
  const tiers = read.flatMap(({ aboveInputTokens, rates }) => (rates ? [{ aboveInputTokens, rates }] : []));
  return {
    base: Object.assign({}, ...tiers.filter(isBase).map(({ rates }) => withoutZeros(rates))) as ListedRates,
    tiers: tiers.filter((tier) => !isBase(tier)),
    hasOthers: hasOthers || tiers.length < read.length,
  };
}

function isBase({ aboveInputTokens }: ListedTier): boolean {
  return aboveInputTokens <= 0;
}

/** Lists have tiers for each kind. A tier of a sheet has the rates of all kinds, those of lower tiers included. */
function mergeTiers(tiers: readonly ListedTier[]): ListedTier[] {
  const merged = new Map<number, ListedRates>();
  let rates: ListedRates = {};
  for (const tier of tiers) {
    rates = { ...rates, ...withoutZeros(tier.rates) };
    merged.set(tier.aboveInputTokens, rates);
  }
  return [...merged]
    .map(([aboveInputTokens, each]) => ({ aboveInputTokens, rates: each }))
    .filter((tier) => hasPrice(tier.rates));
}

/** Returns null if an amount is negative. An amount too small for a decimal of the API is unknown, not free. */
function readAmounts<Kind extends string>(
  part: JsonObject,
  names: Names<Kind>,
  power: number,
): Partial<Record<Kind, number>> | null {
  const amounts: Partial<Record<Kind, number>> = {};
  for (const [kind, paths] of Object.entries(names) as [Kind, readonly string[]][]) {
    const amount = paths.map((path) => toAmount(valueAt(part, path))).find((each) => each !== null);
    if (amount === undefined || amount === null) continue;
    if (amount < 0) return null;
    const shifted = shiftDecimal(amount, power);
    if (shifted > 0 || amount === 0) amounts[kind] = shifted;
  }
  return amounts;
}

/** Reads a number, or text that is one in decimal notation. `0x10` is no price. */
function toAmount(value: unknown): number | null {
  const isNumeric =
    typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value));
  const amount = isNumeric ? Number(value) : NaN;
  return Number.isFinite(amount) ? amount : null;
}

/** Hugging Face states the prices of each host of a model. The first live one counts. */
function listHostPrices({ providers }: JsonObject): JsonObject[] {
  const hosts = Array.isArray(providers) ? (providers as unknown[]).filter(isJsonObject) : [];
  const live = hosts.find(({ status }) => status === 'live');
  return live && isJsonObject(live.pricing) ? [live.pricing] : [];
}

function withoutZeros<Kind extends string>(
  amounts: Partial<Record<Kind, number>>,
): Partial<Record<Kind, number>> {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== 0)) as Partial<
    Record<Kind, number>
  >;
}

import { isJsonObject, type JsonObject } from '../../common/json-object';
import { shiftDecimal } from '../../common/shift-decimal';
import { listParts, valueAt } from './entry-values';

/** Kinds of tokens that lists price. */
export type ListedRate =
  'input' | 'output' | 'cache_read' | 'cache_write' | 'input_audio' | 'output_audio' | 'output_reasoning';
/** What lists price by number. */
export type ListedUnit = 'request' | 'web_search';

/** The prices that a list states for one model. */
export interface ListedPrices {
  /** US dollars per 1000 tokens. */
  readonly rates: Readonly<Partial<Record<ListedRate, number>>>;
  /** US dollars each. */
  readonly units: Readonly<Partial<Record<ListedUnit, number>>>;
  /** Whether other prices apply to long prompts. */
  readonly hasTiers: boolean;
}

type Names<Kind extends string> = Readonly<Partial<Record<Kind, readonly string[]>>>;

/** How a vendor states prices. */
interface PriceForm {
  /** The vendor's host. Absent: any, because the names state the unit. */
  readonly host?: RegExp;
  /** Where the prices are in an entry. */
  readonly parts: readonly string[];
  /** The power of ten from the vendor's unit to US dollars per 1000 tokens. */
  readonly power: number;
  readonly rates: Names<ListedRate>;
  readonly units?: Names<ListedUnit>;
  /** What the prices must say about their unit. */
  readonly unit?: readonly [path: string, pattern: RegExp];
  /** Whether the vendor writes 0 for models that it does not bill by tokens. */
  readonly zeroIsUnknown?: true;
}

const PER_TOKEN = 3;
const PER_MILLION = -3;
const PER_MILLION_IN_HUNDREDTHS_OF_A_CENT = -7;

const PROMPT_NAMES: Names<ListedRate> = {
  input: ['prompt'],
  output: ['completion'],
  cache_read: ['input_cache_read'],
  cache_write: ['input_cache_write'],
  input_audio: ['audio', 'input_audio'],
  output_audio: ['audio_output', 'output_audio'],
  output_reasoning: ['internal_reasoning'],
};
const PLAIN_NAMES: Names<ListedRate> = {
  input: ['input', 'input_tokens'],
  output: ['output', 'output_tokens'],
  cache_read: ['input_cache_read', 'cache_read_tokens', 'cached_input', 'cached'],
  cache_write: ['input_cache_write', 'cache_write_tokens'],
};

/** The units are those that docs/vendors.md cites. A price at another host could be in any unit, so it is not read. */
const FORMS: readonly PriceForm[] = [
  {
    host: /^openrouter\.ai$/,
    parts: ['pricing'],
    power: PER_TOKEN,
    rates: PROMPT_NAMES,
    units: { request: ['request'], web_search: ['web_search'] },
  },
  { host: /^api\.(poe\.com|sambanova\.ai)$/, parts: ['pricing'], power: PER_TOKEN, rates: PROMPT_NAMES },
  { host: /^ai-gateway\.vercel\.sh$/, parts: ['pricing'], power: PER_TOKEN, rates: PLAIN_NAMES },
  {
    host: /^api\.together\.(xyz|ai)$/,
    parts: ['pricing'],
    power: PER_MILLION,
    rates: PLAIN_NAMES,
    zeroIsUnknown: true,
  },
  { host: /^router\.huggingface\.co$/, parts: ['pricing'], power: PER_MILLION, rates: PLAIN_NAMES },
  { host: /^api\.deepinfra\.com$/, parts: ['metadata.pricing'], power: PER_MILLION, rates: PLAIN_NAMES },
  { host: /^llm\.chutes\.ai$/, parts: ['pricing'], power: PER_MILLION, rates: PROMPT_NAMES },
  {
    host: /^api\.venice\.ai$/,
    parts: ['model_spec.pricing'],
    power: PER_MILLION,
    rates: {
      input: ['input.usd'],
      output: ['output.usd'],
      cache_read: ['cache_input.usd'],
      cache_write: ['cache_write.usd'],
    },
  },
  {
    host: /^api\.novita\.ai$/,
    parts: [''],
    power: PER_MILLION_IN_HUNDREDTHS_OF_A_CENT,
    rates: { input: ['input_token_price_per_m'], output: ['output_token_price_per_m'] },
  },
  {
    host: /^([a-z0-9-]+\.)?api\.x\.ai$/,
    parts: [''],
    power: PER_MILLION_IN_HUNDREDTHS_OF_A_CENT,
    rates: {
      input: ['prompt_text_token_price'],
      output: ['completion_text_token_price'],
      cache_read: ['cached_prompt_text_token_price'],
    },
  },
  {
    parts: ['', 'model_info'],
    power: PER_TOKEN,
    rates: {
      input: ['input_cost_per_token'],
      output: ['output_cost_per_token'],
      cache_read: ['cache_read_input_token_cost'],
      cache_write: ['cache_creation_input_token_cost'],
    },
  },
  {
    parts: ['pricing'],
    power: PER_MILLION,
    rates: PROMPT_NAMES,
    unit: ['unit', /^(usd_)?per_(million|1m)_tokens$/i],
  },
];

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
  const rates = readAmounts(part, form.rates, form.power);
  const units = readAmounts(part, form.units ?? {}, 0);
  if (rates === null || units === null || (rates.input === undefined && rates.output === undefined))
    return null;
  if (form.zeroIsUnknown && !Object.values(rates).some((rate) => rate > 0)) return null;
  return { rates, units: withoutZeros(units), hasTiers: hasTiers(part) };
}

/** Returns null if an amount is negative. */
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
    amounts[kind] = shiftDecimal(amount, power);
  }
  return amounts;
}

function toAmount(value: unknown): number | null {
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && /^-?\d/.test(value));
  const amount = isNumeric ? Number(value) : NaN;
  return Number.isFinite(amount) ? amount : null;
}

/** Hugging Face states the prices of each host of a model. The first live one counts. */
function listHostPrices({ providers }: JsonObject): JsonObject[] {
  const hosts = Array.isArray(providers) ? (providers as unknown[]).filter(isJsonObject) : [];
  const live = hosts.find(({ status }) => status === 'live');
  return live && isJsonObject(live.pricing) ? [live.pricing] : [];
}

/** Vercel lists the tiers of a kind. LiteLLM has a price for each tier, such as `…_above_200k_tokens`. */
function hasTiers(part: JsonObject): boolean {
  return Object.entries(part).some(([key, value]) => {
    if (/tiers$/.test(key)) return Array.isArray(value) && value.length > 1;
    return /_above_\d+k_tokens$/.test(key) && value != null;
  });
}

/** A unit that costs nothing is not charged for. */
function withoutZeros<Kind extends string>(
  units: Partial<Record<Kind, number>>,
): Partial<Record<Kind, number>> {
  return Object.fromEntries(Object.entries(units).filter(([, amount]) => amount !== 0)) as Partial<
    Record<Kind, number>
  >;
}

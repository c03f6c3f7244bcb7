/** Kinds of tokens that lists price. */
export type ListedRate =
  | 'input'
  | 'output'
  | 'cache_read'
  | 'cache_write'
  | 'cache_write_1h'
  | 'input_audio'
  | 'output_audio'
  | 'cache_read_audio'
  | 'input_image'
  | 'output_image'
  | 'output_reasoning'
  | 'citation';
/** What lists price by number. */
export type ListedUnit = 'request' | 'web_search';

/** The names of each price in an entry, the preferred one first. */
export type Names<Kind extends string> = Readonly<Partial<Record<Kind, readonly string[]>>>;

/** How a vendor states prices. */
export interface PriceForm {
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
  /** The members that are prices. Absent: all numbers. */
  readonly prices?: RegExp;
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
  cache_write_1h: ['input_cache_write_1h'],
  input_audio: ['audio', 'input_audio'],
  output_audio: ['audio_output', 'output_audio'],
  cache_read_audio: ['input_audio_cache'],
  input_image: ['image_token'],
  output_image: ['image_output'],
  output_reasoning: ['internal_reasoning'],
};
const PLAIN_NAMES: Names<ListedRate> = {
  input: ['input', 'input_tokens'],
  output: ['output', 'output_tokens'],
  cache_read: ['input_cache_read', 'cache_read_tokens', 'cached_input', 'cached'],
  cache_write: ['input_cache_write', 'cache_write_tokens'],
  cache_write_1h: ['input_cache_write_1h'],
  input_audio: ['audio_input_token_cost'],
  output_audio: ['audio_output_token_cost'],
};

/** The units are those that docs/vendors.md cites. A price at another host could be in any unit, so it is not read. */
export const FORMS: readonly PriceForm[] = [
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
    prices: /price/,
  },
  {
    host: /^([a-z0-9-]+\.)?api\.x\.ai$/,
    parts: [''],
    power: PER_MILLION_IN_HUNDREDTHS_OF_A_CENT,
    rates: {
      input: ['prompt_text_token_price'],
      output: ['completion_text_token_price'],
      cache_read: ['cached_prompt_text_token_price'],
      input_image: ['prompt_image_token_price'],
    },
    prices: /price/,
  },
  {
    parts: ['', 'model_info'],
    power: PER_TOKEN,
    rates: {
      input: ['input_cost_per_token'],
      output: ['output_cost_per_token'],
      cache_read: ['cache_read_input_token_cost'],
      cache_write: ['cache_creation_input_token_cost'],
      cache_write_1h: ['cache_creation_input_token_cost_above_1hr'],
      input_audio: ['input_cost_per_audio_token'],
      output_audio: ['output_cost_per_audio_token'],
      cache_read_audio: ['cache_read_input_audio_token_cost', 'cache_read_input_token_cost_per_audio_token'],
      input_image: ['input_cost_per_image_token'],
      output_image: ['output_cost_per_image_token'],
      output_reasoning: ['output_cost_per_reasoning_token'],
      citation: ['citation_cost_per_token'],
    },
    units: { request: ['input_cost_per_request'] },
    prices: /(^|_)cost(_|$)/,
  },
  {
    parts: ['pricing'],
    power: PER_MILLION,
    rates: PROMPT_NAMES,
    unit: ['unit', /^(usd_)?per_(million|1m)_tokens$/i],
  },
];

import { isJsonObject, type JsonObject } from '../common/json-object';
import type { ProviderKind } from '../upstream/base-url';
import type { PriceEndpoint } from './price-kinds';
import { isNeutralModifier } from './request-facts';
import { type NormalisedUsage, sumTokens } from './token-usage/token-usage';

/** The tokens of a usage that has no finer kinds. `input` excludes cached tokens, and `output` includes reasoning. */
export interface PlainTokens {
  readonly input: number;
  readonly output: number;
  readonly cache_write: number;
  readonly cache_read: number;
  readonly reasoning: number;
}

/** The names of a form. Its details are parts of its totals. */
interface Form {
  readonly input: string;
  readonly output: string;
  readonly inputDetails: string;
  readonly outputDetails: string;
}

const CHAT: Form = {
  input: 'prompt_tokens',
  output: 'completion_tokens',
  inputDetails: 'prompt_tokens_details',
  outputDetails: 'completion_tokens_details',
};

const RESPONSES: Form = {
  input: 'input_tokens',
  output: 'output_tokens',
  inputDetails: 'input_tokens_details',
  outputDetails: 'output_tokens_details',
};

/** Fields beside the totals without a price: the bills of OpenRouter and xAI, and the times of Groq. */
const FREE_FIELDS: ReadonlySet<string> = new Set([
  'cost',
  'cost_details',
  'cost_in_usd_ticks',
  'is_byok',
  'queue_time',
  'prompt_time',
  'completion_time',
  'total_time',
]);

/** Details that are plain text, which has no price of its own. */
const FREE_DETAILS: ReadonlySet<string> = new Set([
  'text_tokens',
  'accepted_prediction_tokens',
  'rejected_prediction_tokens',
]);

/** Details with a price of their own, which a plain usage has only as 0 or null. */
const PRICED_DETAILS: ReadonlySet<string> = new Set([
  'cached_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'audio_tokens',
  'image_tokens',
  'video_tokens',
]);

const NO_DETAILS: JsonObject = {};

const NO_TOKENS = sumTokens([]);

/** Endpoints whose output has a modality, or that have forms of their own. */
const OTHER_ENDPOINTS: ReadonlySet<PriceEndpoint | undefined> = new Set(['images', 'audio', 'rerank']);

/**
 * Reads the usages that OpenAI's and Anthropic's APIs send for text, which are nearly all of them. Returns null for any
 * other usage, which `normaliseUsage` reads. Returns the same tokens as it does, in a hundredth of the time.
 */
export function readPlainUsage(
  usage: unknown,
  kind: ProviderKind,
  endpoint: PriceEndpoint | undefined,
): PlainTokens | null {
  if (!isJsonObject(usage) || OTHER_ENDPOINTS.has(endpoint)) return null;
  if (usage['prompt_tokens'] !== undefined) return readTotals(usage, CHAT, endpoint);
  return kind === 'anthropic' ? readAnthropic(usage) : readTotals(usage, RESPONSES, endpoint);
}

function isKnown(name: string, form: Form): boolean {
  return (
    name === form.input ||
    name === form.output ||
    name === 'total_tokens' ||
    name === form.inputDetails ||
    name === form.outputDetails ||
    FREE_FIELDS.has(name)
  );
}

function readTotals(usage: JsonObject, form: Form, endpoint: PriceEndpoint | undefined): PlainTokens | null {
  for (const name in usage) if (!isKnown(name, form)) return null;
  const input = usage[form.input];
  const output = usage[form.output] ?? (endpoint === 'embeddings' ? 0 : undefined);
  const total = usage['total_tokens'];
  const cached = readDetails(usage[form.inputDetails] ?? NO_DETAILS, 'cached_tokens');
  const reasoning = readDetails(usage[form.outputDetails] ?? NO_DETAILS, 'reasoning_tokens');
  if (!isCount(input) || !isCount(output) || cached === null || reasoning === null) return null;
  if (cached > input || reasoning > output) return null;
  if (total !== undefined && total !== input + output) return null;
  return { input: input - cached, output, cache_write: 0, cache_read: cached, reasoning };
}

/** The input excludes cached tokens. */
function readAnthropic(usage: JsonObject): PlainTokens | null {
  let hasCaches = false;
  for (const name in usage) {
    const value = usage[name];
    switch (name) {
      case 'input_tokens':
      case 'output_tokens':
        break;
      case 'cache_creation_input_tokens':
      case 'cache_read_input_tokens':
        hasCaches = true;
        break;
      case 'cache_creation':
        if (!isShortLived(value, usage['cache_creation_input_tokens'])) return null;
        break;
      case 'service_tier':
      case 'inference_geo':
        if (value !== null && !(typeof value === 'string' && isNeutralModifier(name, value))) return null;
        break;
      case 'server_tool_use':
        if (value !== null) return null;
        break;
      default:
        return null;
    }
  }
  const { input_tokens: input, output_tokens: output } = usage;
  const write = usage['cache_creation_input_tokens'];
  const read = usage['cache_read_input_tokens'];
  if (!hasCaches || !isCount(input) || !isCount(output) || !isCount(write) || !isCount(read)) return null;
  if (!Number.isSafeInteger(input + output + write + read)) return null;
  return { input, output, cache_write: write, cache_read: read, reasoning: 0 };
}

/** Whether all cache writes have the default lifetime. Others have a rate of their own. */
function isShortLived(value: unknown, writes: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long } = value;
  return Object.keys(value).length === 2 && long === 0 && short === writes;
}

/** Returns one count of the details. Null if they have anything else with a price. */
function readDetails(details: unknown, name: string): number | null {
  if (!isJsonObject(details)) return null;
  let found = 0;
  for (const each in details) {
    const value = details[each];
    if (value !== null && !isCount(value)) return null;
    if (each === name) found = value ?? 0;
    else if (!FREE_DETAILS.has(each) && !(PRICED_DETAILS.has(each) && !value)) return null;
  }
  return found;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Converts plain tokens of one request to the form of every other usage. */
export function toNormalisedUsage({ reasoning, ...kinds }: PlainTokens): NormalisedUsage {
  return {
    tokens: { ...NO_TOKENS, ...kinds },
    reasoning,
    units: [{ kind: 'request', quantity: 1, pointer: null }],
    modifiers: { service_tier: null, inference_geo: null, speed: null },
    uncounted: [],
    reported: null,
    assumed: false,
  };
}

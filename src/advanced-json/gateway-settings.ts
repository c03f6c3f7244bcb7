import type { RuleViolation } from '../common/domain-error';
import { MAX_ATTEMPTS } from '../config/gateway-config';
import { CREDENTIAL_HEADERS, FRAMING_HEADERS, HEADER_NAME, HOP_BY_HOP_HEADERS } from './header-names';

/** The most that a call may take. */
export const MAX_TIMEOUT_MS = 3_600_000;
const MAX_FORWARDED = 32;
const MAX_NAME_LENGTH = 128;

/** Settings of calls through the gateway with one of a few values. */
const CHOICES = {
  unsupported: ['reject', 'drop'],
  response_model: ['requested', 'upstream'],
  reasoning_form: ['adaptive', 'budget'],
  stream_usage: ['on', 'off'],
  cache: ['on', 'off'],
} as const;

/** Keys of `advanced_json` that configure calls through the gateway. */
export const GATEWAY_SETTINGS = [
  'first_byte_timeout_ms',
  'idle_timeout_ms',
  'max_attempts',
  'forward_headers',
  'unsupported',
  'response_model',
  'reasoning_form',
  'stream_usage',
  'cache',
  'propagate_trace',
] as const;

export type GatewaySetting = (typeof GATEWAY_SETTINGS)[number];

/** Headers of a caller that never go upstream, beside credentials, hop-by-hop and framing headers. */
const NEVER_FORWARDED: readonly string[] = ['cookie', 'set-cookie'];
const NEVER_FORWARDED_PREFIXES: readonly string[] = ['x-forwarded-', 'x-stainless-', 'x-caret-'];
/** Headers that each call sets itself. */
const SET_BY_CARET: readonly string[] = ['accept', 'user-agent', 'idempotency-key'];

const RESERVED_NAMES = [
  ...CREDENTIAL_HEADERS,
  ...HOP_BY_HOP_HEADERS,
  ...FRAMING_HEADERS,
  ...NEVER_FORWARDED,
  ...SET_BY_CARET,
];

/** Returns why a value is not valid for the setting, or null. */
export function gatewaySettingProblem(key: GatewaySetting, value: unknown): RuleViolation | null {
  switch (key) {
    case 'first_byte_timeout_ms':
    case 'idle_timeout_ms':
      return timeoutProblem(value);
    case 'max_attempts':
      return isWholeNumber(value, MAX_ATTEMPTS)
        ? null
        : { code: 'range', detail: `Must be a whole number from 1 to ${MAX_ATTEMPTS}.` };
    case 'forward_headers':
      return forwardHeadersProblem(value);
    case 'propagate_trace':
      return typeof value === 'boolean' ? null : { code: 'type', detail: 'Must be true or false.' };
    default:
      return choiceProblem(CHOICES[key], value);
  }
}

/** Returns why a value is not a valid timeout in milliseconds, or null. */
export function timeoutProblem(value: unknown): RuleViolation | null {
  if (isWholeNumber(value, MAX_TIMEOUT_MS)) return null;
  return { code: 'range', detail: `Must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT_MS}.` };
}

/** Returns why a caller's headers of this name or `prefix-*` must not go upstream, or null. */
export function forwardHeaderProblem(name: unknown): string | null {
  if (typeof name !== 'string' || name.length > MAX_NAME_LENGTH) return FORMAT;
  const lower = name.toLowerCase();
  const isPrefix = lower.endsWith('*');
  const text = isPrefix ? lower.slice(0, -1) : lower;
  if (!HEADER_NAME.test(text) || text.includes('*') || (isPrefix && !text.endsWith('-'))) return FORMAT;
  const isReserved = isPrefix
    ? RESERVED_NAMES.some((reserved) => reserved.startsWith(text)) ||
      NEVER_FORWARDED_PREFIXES.some((prefix) => prefix.startsWith(text) || text.startsWith(prefix))
    : RESERVED_NAMES.includes(text) || NEVER_FORWARDED_PREFIXES.some((prefix) => text.startsWith(prefix));
  return isReserved ? NEVER : null;
}

const FORMAT =
  'Must be a header name, or a prefix such as "x-team-*" that ends with a hyphen and an asterisk.';
const NEVER =
  'Must not be forwarded. Credentials, cookies, hop-by-hop headers, headers that Caret sets, `x-forwarded-*`, `x-stainless-*` and `x-caret-*` never go upstream, and no prefix may include one of them.';

function forwardHeadersProblem(value: unknown): RuleViolation | null {
  const list = `Must be a list of 1 to ${MAX_FORWARDED} header names.`;
  if (!Array.isArray(value)) return { code: 'type', detail: list };
  if (value.length === 0 || value.length > MAX_FORWARDED) return { code: 'length', detail: list };
  for (const [index, name] of value.entries()) {
    const problem = forwardHeaderProblem(name);
    if (problem !== null)
      return { code: problem === NEVER ? 'reserved' : 'pattern', detail: `Item ${index + 1}: ${problem}` };
  }
  const names = new Set((value as string[]).map((name) => name.toLowerCase()));
  if (names.size === value.length) return null;
  return { code: 'unique', detail: 'Must have each header once. Header names are case-insensitive.' };
}

function choiceProblem(choices: readonly string[], value: unknown): RuleViolation | null {
  if (choices.includes(value as string)) return null;
  return { code: 'enum', detail: `Must be one of: ${choices.join(', ')}.` };
}

function isWholeNumber(value: unknown, maximum: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maximum;
}

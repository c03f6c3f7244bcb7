import { type ProviderKind } from './base-url';

export type OpenaiApiMode = 'auto' | 'responses' | 'chat_completions';

/** What is called, and as whom: the effective configuration with its secrets opened. Never logged. */
export interface UpstreamTarget {
  readonly kind: ProviderKind;
  readonly baseUrl: string | null;
  readonly apiKey: string;
  /** Null behaves as `auto`; without meaning for `anthropic`. */
  readonly openaiApiMode: OpenaiApiMode | null;
  readonly advancedJson: Readonly<Record<string, unknown>>;
}

/** Keys of `advanced_json` that steer the call; every other key is a default request parameter. */
export const RESERVED_KEYS: ReadonlySet<string> = new Set([
  'extra_headers',
  'extra_query',
  'anthropic_version',
  'timeout_ms',
]);

/** Request parameters that belong to the call itself and that `advanced_json` may not preset. */
export const CALL_PARAMETERS: ReadonlySet<string> = new Set(['model', 'messages', 'input', 'stream']);

/** Hop-by-hop (RFC 9110 section 7.6.1), framing, and what carries the provider's own key. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-api-key',
]);

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether `extra_headers` may set that header; the client sets or refuses the others. */
export function isExtraHeaderAllowed(name: string): boolean {
  return HEADER_NAME.test(name) && !OWN_HEADERS.has(name.toLowerCase());
}

/** The extra headers that can be sent; names in lower case. */
export function extraHeadersOf(target: UpstreamTarget): Record<string, string> {
  const entries = stringEntriesOf(target.advancedJson.extra_headers)
    .filter(([name, value]) => isExtraHeaderAllowed(name) && HEADER_VALUE.test(value))
    .map(([name, value]) => [name.toLowerCase(), value]);
  return Object.fromEntries(entries) as Record<string, string>;
}

export function extraQueryOf(target: UpstreamTarget): readonly (readonly [string, string])[] {
  return stringEntriesOf(target.advancedJson.extra_query);
}

/** `timeout_ms` where it is set and sensible, in milliseconds. */
export function timeoutOf(target: UpstreamTarget): number | null {
  const timeout = target.advancedJson.timeout_ms;
  return typeof timeout === 'number' && Number.isFinite(timeout) && timeout >= 1 ? timeout : null;
}

/** Everything in `advanced_json` that is sent as a request parameter. */
export function defaultParametersOf(target: UpstreamTarget): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(target.advancedJson).filter(
      ([key]) => !RESERVED_KEYS.has(key) && !CALL_PARAMETERS.has(key),
    ),
  );
}

/** What must not be in any text that an upstream's answer contributes to. */
export function secretsOf(target: UpstreamTarget): readonly string[] {
  const values = [target.advancedJson.extra_headers, target.advancedJson.extra_query]
    .flatMap(stringEntriesOf)
    .map(([, value]) => value);
  return [target.apiKey, ...values];
}

function stringEntriesOf(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, type JsonObject } from '../../common/json-object';
import { MAX_ATTEMPTS } from '../../config/gateway-config';
import { MAX_SELECTORS } from '../../selectors/selector';
import { GatewayError } from '../dialect/gateway-error';
import { parseHeaderList } from './header-list';

/** What the `x-caret-*` headers of a call ask for. An empty header counts as absent. */
export interface CallOptions {
  /** Selectors that are tried after `model`, in order. */
  readonly selectors: readonly string[];
  /** Values for rules, which take precedence over `metadata`. */
  readonly context: JsonObject | null;
  /** Calls of one session go to the same target after a failover. */
  readonly session: string | null;
  readonly maxAttempts: number | null;
  readonly failover: 'default' | 'off' | 'context_length';
  /** Whether the response reports its attempts. */
  readonly report: boolean;
  /** For `x-caret-warnings`: headers that have no effect. */
  readonly warnings: readonly string[];
}

const PREFIX = 'x-caret-';
/** Those that may follow `model`. */
const MAX_MORE_SELECTORS = MAX_SELECTORS - 1;
const MAX_CONTEXT_BYTES = 4096;
/** Characters of the id of a session. */
export const MAX_SESSION_LENGTH = 256;
/** Unknown headers that are reported, because a caller may send any number. */
const MAX_WARNINGS = 5;

const NO_OPTIONS: CallOptions = {
  selectors: [],
  context: null,
  session: null,
  maxAttempts: null,
  failover: 'default',
  report: false,
  warnings: [],
};

type MutableOptions = { -readonly [Key in keyof CallOptions]: CallOptions[Key] };
type OptionReader = (text: string, name: string, options: MutableOptions) => void;

const READERS: ReadonlyMap<string, OptionReader> = new Map<string, OptionReader>([
  ['x-caret-selectors', (text, name, options) => (options.selectors = parseSelectors(text, name))],
  ['x-caret-context', (text, name, options) => (options.context = parseContext(text, name))],
  ['x-caret-session', (text, name, options) => (options.session = parseSession(text, name))],
  ['x-caret-max-attempts', (text, name, options) => (options.maxAttempts = parseMaxAttempts(text, name))],
  ['x-caret-failover', (text, name, options) => (options.failover = parseFailover(text, name))],
  ['x-caret-report', (text, name, options) => (options.report = parseReport(text, name))],
  // Applies to translated calls only. A call in its own protocol has nothing that is unsupported.
  ['x-caret-unsupported', () => undefined],
]);

/**
 * Reads the `x-caret-*` headers of a call.
 *
 * @param isAllowed whether the headers of this token apply. If not, they are ignored without an error.
 * @throws GatewayError `invalid_header` with the header that is malformed
 */
export function parseCallOptions(headers: IncomingHttpHeaders, isAllowed: boolean): CallOptions {
  if (!isAllowed) return NO_OPTIONS;
  let options: MutableOptions | null = null;
  for (const name in headers) {
    if (!name.startsWith(PREFIX)) continue;
    const text = decode(headers[name]);
    if (text === '') continue;
    options ??= { ...NO_OPTIONS };
    const read = READERS.get(name);
    if (read === undefined) options.warnings = withUnknown(options.warnings, name);
    else read(text, name, options);
  }
  return options ?? NO_OPTIONS;
}

/** Node reads headers as Latin-1, but clients send UTF-8. */
function decode(value: string | string[] | undefined): string {
  const text = String(value).trim();
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : text;
}

function withUnknown(warnings: readonly string[], name: string): readonly string[] {
  return warnings.length < MAX_WARNINGS ? [...warnings, `ignored=${name};unknown_header`] : warnings;
}

function parseSelectors(text: string, name: string): readonly string[] {
  const selectors = parseHeaderList(text);
  if (selectors !== null && selectors.length <= MAX_MORE_SELECTORS) return selectors;
  throw invalid(
    name,
    `at most ${MAX_MORE_SELECTORS} selectors, separated by commas. Quote a selector that contains a comma or a quote: "a,b", c.`,
  );
}

function parseContext(text: string, name: string): JsonObject {
  const value = Buffer.byteLength(text) <= MAX_CONTEXT_BYTES ? parseJson(text) : undefined;
  if (isJsonObject(value)) return value;
  throw invalid(name, `one JSON object of at most ${MAX_CONTEXT_BYTES} bytes, such as {"tier":"pro"}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function parseSession(text: string, name: string): string {
  if (text.length <= MAX_SESSION_LENGTH) return text;
  throw invalid(name, `at most ${MAX_SESSION_LENGTH} characters. Send an id of the session.`);
}

function parseMaxAttempts(text: string, name: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_ATTEMPTS) return count;
  throw invalid(name, `a whole number from 1 to ${MAX_ATTEMPTS}.`);
}

function parseFailover(text: string, name: string): CallOptions['failover'] {
  if (text === 'default' || text === 'off' || text === 'context_length') return text;
  throw invalid(name, '"default", "off" or "context_length".');
}

function parseReport(text: string, name: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalid(name, '"true" or "false".');
}

function invalid(name: string, expected: string): GatewayError {
  return new GatewayError('invalid_header', `The header ${name} must be ${expected}`, { param: name });
}

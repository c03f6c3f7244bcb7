import {
  headerNameProblem,
  headerValueProblem,
  isRequestParameter,
  isSetting,
} from '../advanced-json/reserved';
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

/** The extra headers that can be sent; names in lower case. */
export function extraHeadersOf(target: UpstreamTarget): Record<string, string> {
  const entries = stringEntriesOf(target.advancedJson.extra_headers)
    .filter(([name, value]) => headerNameProblem(name) === null && headerValueProblem(value) === null)
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
    Object.entries(target.advancedJson).filter(([key]) => !isSetting(key) && !isRequestParameter(key)),
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

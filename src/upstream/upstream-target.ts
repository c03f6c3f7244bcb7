import { isCredentialName } from '../advanced-json/credential-names';
import {
  headerNameProblem,
  headerValueProblem,
  isRequestParameter,
  isSetting,
} from '../advanced-json/reserved';
import { isSecretHeader } from '../advanced-json/secret-headers';
import { type ProviderKind } from './base-url';

/** Shorter values are versions, regions and names of deployments. */
const MIN_CREDENTIAL_LENGTH = 20;

export type OpenaiApiMode = 'auto' | 'responses' | 'chat_completions';

/** The effective configuration of a provider or model, with its secrets in plain text. It is never logged. */
export interface UpstreamTarget {
  /** The account that the call is made for. It limits lookups in progress. */
  readonly accountId: string;
  readonly kind: ProviderKind;
  readonly baseUrl: string | null;
  readonly apiKey: string;
  /** Null means `auto`. Ignored for `anthropic`. */
  readonly openaiApiMode: OpenaiApiMode | null;
  readonly advancedJson: Readonly<Record<string, unknown>>;
}

/** Returns the valid extra headers, with names in lower case. */
export function listExtraHeaders(target: UpstreamTarget): Record<string, string> {
  const entries = listStringEntries(target.advancedJson.extra_headers)
    .filter(([name, value]) => headerNameProblem(name) === null && headerValueProblem(value) === null)
    .map(([name, value]) => [name.toLowerCase(), value]);
  return Object.fromEntries(entries) as Record<string, string>;
}

export function listExtraQuery(target: UpstreamTarget): readonly (readonly [string, string])[] {
  return listStringEntries(target.advancedJson.extra_query);
}

/** Returns a valid `timeout_ms`, or null. */
export function findTimeoutMs(target: UpstreamTarget): number | null {
  const timeoutMs = target.advancedJson.timeout_ms;
  return typeof timeoutMs === 'number' && Number.isFinite(timeoutMs) && timeoutMs >= 1 ? timeoutMs : null;
}

/** Returns the keys of `advanced_json` that are request parameters. */
export function selectDefaultParameters(target: UpstreamTarget): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(target.advancedJson).filter(([key]) => !isSetting(key) && !isRequestParameter(key)),
  );
}

/**
 * Returns the secrets to remove from text that quotes an upstream response: the key, the headers that are stored sealed,
 * and query values that look like a credential. Names of credentials are not allowed in a query.
 */
export function listSecrets(target: UpstreamTarget): readonly string[] {
  const headers = listStringEntries(target.advancedJson.extra_headers).filter(([name]) =>
    isSecretHeader(name),
  );
  const query = listExtraQuery(target).filter(
    ([name, value]) => isCredentialName(name) || looksLikeCredential(value),
  );
  return [target.apiKey, ...listPasswords(target), ...[...headers, ...query].map(([, value]) => value)];
}

/** With `basic`, an upstream may repeat the password without the user. */
function listPasswords(target: UpstreamTarget): readonly string[] {
  const { apiKey, advancedJson } = target;
  return advancedJson.auth_scheme === 'basic' ? [apiKey.slice(apiKey.indexOf(':') + 1)] : [];
}

/** Returns whether a text is long and mixed like a random key. */
function looksLikeCredential(value: string): boolean {
  if (value.length < MIN_CREDENTIAL_LENGTH) return false;
  return /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)\S+$/.test(value) || /^[0-9a-f]{32,}$/i.test(value);
}

function listStringEntries(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

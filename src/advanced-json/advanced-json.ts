import type { FieldError, RuleViolation } from '../common/domain-error';
import { isJsonObject, type JsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { CONTROL } from '../common/text-rules';
import { isCredentialName } from './credential-names';
import { isCredentialValue } from './credential-values';
import {
  GATEWAY_SETTINGS,
  type GatewaySetting,
  gatewaySettingProblem,
  timeoutProblem,
} from './gateway-settings';
import { keyLengthProblems } from './key-length';
import { maskParameterCredentials, parameterCredentialProblems } from './parameter-credentials';
import { AUTH_SCHEMES, isAuthScheme, modelsPathProblem, PROVIDER_SETTINGS } from './provider-settings';
import {
  headerNameProblem,
  headerValueProblem,
  isRequestParameter,
  isSetting,
  type Setting,
} from './reserved';
import { isSecretHeader } from './secret-headers';

const MAX_ADVANCED_JSON_BYTES = 64 * 1024;
const MAX_ADVANCED_JSON_DEPTH = 32;
/** Replaces a stored secret in responses. A request may send it to keep the stored value. */
export const MASKED = '***';

export interface SplitHeaders {
  /** `advanced_json` with `MASKED` in place of each secret header's value. */
  readonly masked: JsonObject;
  /** The values of the secret headers by name, for sealing. */
  readonly secrets: Record<string, string>;
  /** The secret headers with the value `MASKED`, which keep their stored value. */
  readonly maskedNames: readonly string[];
}

/**
 * Validates `advanced_json` and returns every problem with its JSON pointer below `pointer`. Keys that are not reserved
 * are default parameters of upstream requests. They must not contain credentials, and are not validated otherwise.
 */
export function advancedJsonProblems(value: unknown, pointer: string): FieldError[] {
  if (!isJsonObject(value)) return [problem(pointer, 'type', 'Must be an object.')];
  if (depthExceeds(value, MAX_ADVANCED_JSON_DEPTH)) {
    return [problem(pointer, 'depth', `Must not nest deeper than ${MAX_ADVANCED_JSON_DEPTH} levels.`)];
  }
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_ADVANCED_JSON_BYTES) {
    return [problem(pointer, 'size', 'Must not exceed 64 KiB as JSON in UTF-8.')];
  }
  const longKeys = keyLengthProblems(value, pointer);
  if (longKeys.length > 0) return longKeys;
  return [
    ...Object.entries(value).flatMap(([key, entry]) => entryProblems(key, entry, jsonPointer(pointer, key))),
    ...parameterCredentialProblems(value, pointer),
  ];
}

/** As {@link advancedJsonProblems}, for a model. It cannot decide where the provider's key is sent. */
export function modelAdvancedJsonProblems(value: unknown, pointer: string): FieldError[] {
  const problems = advancedJsonProblems(value, pointer);
  if (!isJsonObject(value)) return problems;
  const misplaced = PROVIDER_SETTINGS.filter((key) => key in value).map((key) =>
    problem(jsonPointer(pointer, key), 'reserved', 'Must not be set for a model. Set it for the provider.'),
  );
  return [...problems, ...misplaced];
}

/** Separates the secret headers from the rest. Requires an object without problems. */
export function splitSecretHeaders(advancedJson: JsonObject): SplitHeaders {
  const headers = advancedJson['extra_headers'];
  if (!isJsonObject(headers)) return { masked: advancedJson, secrets: {}, maskedNames: [] };

  const entries = Object.entries(headers) as [string, string][];
  const secret = entries.filter(([name]) => isSecretHeader(name));
  return {
    masked: { ...advancedJson, extra_headers: maskEntries(headers, isSecretHeader) },
    secrets: Object.fromEntries(secret.filter(([, value]) => value !== MASKED)),
    maskedNames: secret.filter(([, value]) => value === MASKED).map(([name]) => name),
  };
}

/**
 * Returns stored `advanced_json` as responses show it. An older version stored some secrets in plain text: headers that
 * are now sealed, and query and request parameters that are now rejected. They get `MASKED` too.
 */
export function maskStoredSecrets(advancedJson: JsonObject): JsonObject {
  const { extra_headers: headers, extra_query: query } = advancedJson;
  const masked = maskParameterCredentials(advancedJson, MASKED);
  // Routing tables load many rows that have neither.
  if (headers === undefined && query === undefined) return masked;
  return {
    ...masked,
    ...(isJsonObject(headers) && { extra_headers: maskEntries(headers, isSecretHeader) }),
    ...(isJsonObject(query) && { extra_query: maskEntries(query, isQueryCredential) }),
  };
}

/** Returns whether stored `advanced_json` contains a secret in plain text. */
export function hasPlainSecrets(advancedJson: JsonObject): boolean {
  return JSON.stringify(maskStoredSecrets(advancedJson)) !== JSON.stringify(advancedJson);
}

function maskEntries(entries: JsonObject, isSecret: (name: string, value: unknown) => boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [name, isSecret(name, value) ? MASKED : value]),
  );
}

function isQueryCredential(name: string, value: unknown): boolean {
  return isCredentialName(name) || (typeof value === 'string' && isCredentialValue(value));
}

function entryProblems(key: string, value: unknown, pointer: string): FieldError[] {
  if (isRequestParameter(key)) {
    return [
      problem(pointer, 'reserved', `Must not contain "${key}", because each request sets it. Remove it.`),
    ];
  }
  return isSetting(key) ? SETTING_CHECKS[key](value, pointer) : [];
}

type SettingCheck = (value: unknown, pointer: string) => FieldError[];

const SETTING_CHECKS: Record<Setting, SettingCheck> = {
  extra_headers: headersProblems,
  extra_query: queryProblems,
  anthropic_version: (value, pointer) =>
    isDate(value) ? [] : [problem(pointer, 'format', 'Must be a date such as "2023-06-01".')],
  timeout_ms: (value, pointer) => located(timeoutProblem(value), pointer),
  auth_scheme: (value, pointer) =>
    isAuthScheme(value) ? [] : [problem(pointer, 'enum', `Must be one of: ${AUTH_SCHEMES.join(', ')}.`)],
  complete_base_url: (value, pointer) =>
    typeof value === 'boolean' ? [] : [problem(pointer, 'type', 'Must be true or false.')],
  models_path: (value, pointer) => located(modelsPathProblem(value), pointer),
  ...gatewayChecks(),
};

function gatewayChecks(): Record<GatewaySetting, SettingCheck> {
  const checks = GATEWAY_SETTINGS.map((key): [GatewaySetting, SettingCheck] => [
    key,
    (value, pointer) => located(gatewaySettingProblem(key, value), pointer),
  ]);
  return Object.fromEntries(checks) as Record<GatewaySetting, SettingCheck>;
}

function located(violation: RuleViolation | null, pointer: string): FieldError[] {
  return violation === null ? [] : [{ pointer, ...violation }];
}

function headersProblems(value: unknown, pointer: string): FieldError[] {
  if (!isJsonObject(value))
    return [problem(pointer, 'type', 'Must be an object with header names as keys and strings as values.')];
  const seen = new Set<string>();
  return Object.entries(value).flatMap(([name, content]) => {
    const lower = name.toLowerCase();
    const isDuplicate = seen.has(lower);
    seen.add(lower);
    const violation = isDuplicate
      ? { code: 'unique', detail: 'Duplicate header. Header names are case-insensitive. Send each once.' }
      : (headerNameProblem(name) ?? headerValueProblem(content) ?? shownHeaderProblem(name, content));
    return violation === null ? [] : [{ pointer: jsonPointer(pointer, name), ...violation }];
  });
}

function shownHeaderProblem(name: string, value: unknown): RuleViolation | null {
  if (isSecretHeader(name) || !isCredentialValue(value as string)) return null;
  const detail =
    'Must not be a credential, because this header is stored in plain text and shown. Use a header of another name.';
  return { code: 'reserved', detail };
}

function queryProblems(value: unknown, pointer: string): FieldError[] {
  if (!isJsonObject(value))
    return [
      problem(pointer, 'type', 'Must be an object with parameter names as keys and strings as values.'),
    ];
  return Object.entries(value).flatMap(([name, content]) => {
    const isValid =
      name !== '' && !CONTROL.test(name) && typeof content === 'string' && !CONTROL.test(content);
    if (!isValid) {
      const detail = 'Must be a non-empty name with a string value, both without control characters.';
      return [problem(jsonPointer(pointer, name), 'pattern', detail)];
    }
    if (!isQueryCredential(name, content)) return [];
    const detail =
      'Must not be a credential, because logs record URLs. Use `api_key`, or a header in `extra_headers`.';
    return [problem(jsonPointer(pointer, name), 'reserved', detail)];
  });
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function depthExceeds(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((entry) => depthExceeds(entry, levels - 1));
}

function problem(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail };
}

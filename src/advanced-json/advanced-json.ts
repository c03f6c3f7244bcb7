import { type FieldError } from '../common/domain-error';
import { isJsonObject, type JsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { CONTROL } from '../common/text-rules';
import {
  headerNameProblem,
  headerValueProblem,
  isRequestParameter,
  isSetting,
  type Setting,
} from './reserved';

export const MAX_ADVANCED_JSON_BYTES = 64 * 1024;
export const MAX_ADVANCED_JSON_DEPTH = 32;
export const MAX_TIMEOUT_MS = 600_000;
/** What is answered, and may be sent back, in place of a stored secret. */
export const MASKED = '***';

const SECRET_HEADER = /auth|key|token|secret|cookie|password|credential/i;
/** A query parameter that by its name holds a credential: unlike headers, these are not sealed. */
const SECRET_PARAMETER =
  /(^|[-_.])(auth|authorization|credential|key|apikey|passw(or)?d|secret|sig|signature|token)s?($|[-_.])/i;

export interface SplitHeaders {
  /** `advanced_json` with `MASKED` in place of each secret header's value. */
  readonly visible: JsonObject;
  /** The secret headers' values, by name as written; to be sealed. */
  readonly secrets: Record<string, string>;
  /** The secret headers that came as `MASKED`: the stored value is meant. */
  readonly kept: readonly string[];
}

/** Whether a header's value is sealed at rest and answered as `MASKED`: better one too many than one too few. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADER.test(name);
}

/**
 * Everything wrong with an `advanced_json`, each fault at its pointer below `pointer`. Keys that are not
 * reserved are default parameters of upstream requests and are not judged.
 */
export function advancedJsonProblems(value: unknown, pointer: string): FieldError[] {
  if (!isJsonObject(value)) return [problem(pointer, 'type', 'Must be an object.')];
  if (depthExceeds(value, MAX_ADVANCED_JSON_DEPTH)) {
    return [problem(pointer, 'too_deep', `Must nest at most ${MAX_ADVANCED_JSON_DEPTH} levels deep.`)];
  }
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_ADVANCED_JSON_BYTES) {
    return [problem(pointer, 'too_large', 'Must have at most 64 KiB as JSON in UTF-8.')];
  }
  return Object.entries(value).flatMap(([key, entry]) =>
    entryProblems(key, entry, jsonPointer(pointer, key)),
  );
}

/** Parts what may be shown from what must be sealed. Expects an object that has no problems. */
export function splitSecretHeaders(advancedJson: JsonObject): SplitHeaders {
  const headers = advancedJson['extra_headers'];
  if (!isJsonObject(headers)) return { visible: advancedJson, secrets: {}, kept: [] };

  const entries = Object.entries(headers) as [string, string][];
  const secret = entries.filter(([name]) => isSecretHeader(name));
  const masked = entries.map(([name, value]) => [name, isSecretHeader(name) ? MASKED : value]);
  return {
    visible: { ...advancedJson, extra_headers: Object.fromEntries(masked) as JsonObject },
    secrets: Object.fromEntries(secret.filter(([, value]) => value !== MASKED)),
    kept: secret.filter(([, value]) => value === MASKED).map(([name]) => name),
  };
}

function entryProblems(key: string, value: unknown, pointer: string): FieldError[] {
  if (isRequestParameter(key)) {
    return [problem(pointer, 'reserved', `Must not set "${key}": each request sets it.`)];
  }
  return isSetting(key) ? SETTING_CHECKS[key](value, pointer) : [];
}

const SETTING_CHECKS: Record<Setting, (value: unknown, pointer: string) => FieldError[]> = {
  extra_headers: headersProblems,
  extra_query: queryProblems,
  anthropic_version: (value, pointer) =>
    isDate(value) ? [] : [problem(pointer, 'format', 'Must be a date such as "2023-06-01".')],
  timeout_ms: (value, pointer) =>
    isTimeout(value)
      ? []
      : [problem(pointer, 'range', `Must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT_MS}.`)],
};

function headersProblems(value: unknown, pointer: string): FieldError[] {
  if (!isJsonObject(value))
    return [problem(pointer, 'type', 'Must be an object of strings, by header name.')];
  const seen = new Set<string>();
  return Object.entries(value).flatMap(([name, content]) => {
    const lower = name.toLowerCase();
    const repeated = seen.has(lower);
    seen.add(lower);
    const detail = repeated
      ? 'Stands twice; the names of headers ignore case.'
      : (headerNameProblem(name) ?? headerValueProblem(content));
    return detail === null ? [] : [problem(jsonPointer(pointer, name), 'header', detail)];
  });
}

function queryProblems(value: unknown, pointer: string): FieldError[] {
  if (!isJsonObject(value))
    return [problem(pointer, 'type', 'Must be an object of strings, by parameter name.')];
  return Object.entries(value).flatMap(([name, content]) => {
    const isValid =
      name !== '' && !CONTROL.test(name) && typeof content === 'string' && !CONTROL.test(content);
    if (!isValid) {
      const detail = 'Must be a name with a string, neither with control characters.';
      return [problem(jsonPointer(pointer, name), 'query', detail)];
    }
    if (!SECRET_PARAMETER.test(name)) return [];
    const detail =
      'Must not be a credential: URLs end in logs. Use `api_key`, or a header in `extra_headers`.';
    return [problem(jsonPointer(pointer, name), 'query', detail)];
  });
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function isTimeout(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_TIMEOUT_MS;
}

function depthExceeds(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((entry) => depthExceeds(entry, levels - 1));
}

function problem(pointer: string, kind: string, detail: string): FieldError {
  return { pointer, code: `advanced_json.${kind}`, detail };
}

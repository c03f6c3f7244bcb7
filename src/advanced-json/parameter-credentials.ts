import type { FieldError } from '../common/domain-error';
import { isJsonObject, type JsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { isCredentialName } from './credential-names';
import { isSetting } from './reserved';

/** Parameters of vendors that are named like a credential. OpenRouter groups requests by `session_id`. */
const VENDOR_PARAMETERS: ReadonlySet<string> = new Set(['session_id']);
/** Members that describe a credential without containing it, in a JSON Schema or beside a managed identity. */
const DESCRIPTIONS: ReadonlySet<string> = new Set([
  'type',
  'description',
  'title',
  'format',
  'pattern',
  '$ref',
]);

const DETAIL =
  'Must not be a credential, because parameters are stored in plain text and shown. Put the key into `api_key` of the provider, or a header into `extra_headers`.';

/** Further problems are not reported, because each repeats the keys above it: 59 KB of parameters could cause 57 MB. */
const MAX_PROBLEMS = 50;
const MAX_POINTERS_LENGTH = 20_000;

/** Evaluated only for a problem, because routing tables mask many rows. */
type Pointer = () => string;
type Replace = (pointer: Pointer) => unknown;

/** Returns the request parameters of `advanced_json`, at any depth, that contain a credential under its name. At most 50. */
export function parameterCredentialProblems(advancedJson: JsonObject, pointer: string): FieldError[] {
  const problems: FieldError[] = [];
  let length = 0;
  mapParameters(
    advancedJson,
    () => pointer,
    (at) => {
      if (problems.length >= MAX_PROBLEMS || length >= MAX_POINTERS_LENGTH) return null;
      const problem = { pointer: at(), code: 'reserved', detail: DETAIL };
      problems.push(problem);
      length += problem.pointer.length;
      return null;
    },
  );
  return problems;
}

/** Returns `advanced_json` with `mask` in place of each credential, and the same object if it has none. */
export function maskParameterCredentials(advancedJson: JsonObject, mask: string): JsonObject {
  return mapParameters(
    advancedJson,
    () => '',
    () => mask,
  );
}

function mapParameters(advancedJson: JsonObject, pointer: Pointer, replace: Replace): JsonObject {
  return mapMembers(advancedJson, (key, value) => {
    if (isSetting(key)) return value;
    const at = () => jsonPointer(pointer(), key);
    return VENDOR_PARAMETERS.has(key)
      ? replaceWithin(value, at, replace)
      : replaceIn(key, value, at, replace);
  });
}

function replaceIn(name: string, value: unknown, pointer: Pointer, replace: Replace): unknown {
  return isCredentialName(name) && containsText(value)
    ? replace(pointer)
    : replaceWithin(value, pointer, replace);
}

function replaceWithin(value: unknown, pointer: Pointer, replace: Replace): unknown {
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    const mapped = items.map((item, index) =>
      replaceWithin(item, () => jsonPointer(pointer(), String(index)), replace),
    );
    return mapped.some((item, index) => item !== items[index]) ? mapped : value;
  }
  if (!isJsonObject(value)) return value;
  const label = typeof value.value === 'string' ? [value.name, value.key].find(isText) : undefined;
  return mapMembers(value, (key, member) => {
    const at = () => jsonPointer(pointer(), key);
    // In a pair such as `{ "key": "region", "value": "eu" }`, `key` contains the name of the value.
    if (label !== undefined && (key === 'name' || key === 'key')) return member;
    return replaceIn(label !== undefined && key === 'value' ? label : key, member, at, replace);
  });
}

function mapMembers(value: JsonObject, map: (key: string, member: unknown) => unknown): JsonObject {
  const entries = Object.entries(value);
  const mapped = entries.map(([key, member]) => [key, map(key, member)] as const);
  return mapped.some(([, member], index) => member !== entries[index]![1])
    ? Object.fromEntries(mapped)
    : value;
}

function containsText(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsText);
  if (!isJsonObject(value)) return typeof value === 'number' || (isText(value) && value !== '');
  return Object.entries(value).some(([key, member]) => !DESCRIPTIONS.has(key) && containsText(member));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

import type { FieldError } from '../common/domain-error';
import { isJsonObject, type JsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { isCredentialName } from './credential-names';
import { isCredentialFlag, isCredentialValue } from './credential-values';
import { isSetting } from './reserved';

/** Names of conversations (OpenRouter, LiteLLM) and of proofs that a vendor signed (Gemini, Anthropic). */
const HARMLESS_NAMES = /^(?:session[_-]?id|(?:[a-z]+[_-]?)?signature)$/i;
/** Objects whose members the user names: labels of requests, variables of prompts and the texts of tokens. */
const NAMED_BY_USER = /(?:metadata|^trace|^labels|^variables|^logit_bias|^posthog_properties)$/i;
/** Objects of a JSON Schema (2020-12) whose members are subschemas by name. */
const SUBSCHEMAS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);
/** Examples of objects that a schema describes. Anthropic has `input_examples`. */
const EXAMPLES: ReadonlySet<string> = new Set(['examples', 'input_examples']);
/** Members of an authentication object that select an identity, without a secret (Azure OpenAI On Your Data). */
const IDENTITIES: ReadonlySet<string> = new Set([
  'type',
  'managed_identity_resource_id',
  'managed_identity_client_id',
  'client_id',
  'tenant_id',
]);
/** Names under which a number can be a secret. The number of a token is its place in a vocabulary. */
const SECRET_NUMBERS = /pass|pwd|otp|secret/i;
/** `<|image|>` is a token of a vocabulary, and `<key>` a placeholder. */
const SPECIAL_TOKEN = /^<[^>]*>$/;
/** Comparisons of file search (OpenAI), whose `key` is an attribute of a document. */
const COMPARISONS: ReadonlySet<unknown> = new Set(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin']);
/** Names of the member that contains the name of a `value`. */
const LABELS: readonly string[] = ['name', 'key', 'header'];

const DETAIL =
  'Must not be a credential, because parameters are stored in plain text and shown. Put the key into `api_key` of the provider, or a header into `extra_headers`.';

/** Further problems are not reported, because each repeats the keys above it: 59 KB of parameters could cause 57 MB. */
const MAX_PROBLEMS = 50;
const MAX_POINTERS_LENGTH = 20_000;

/** Evaluated only for a problem, because routing tables mask many rows. */
type Pointer = () => string;
type Replace = (pointer: Pointer) => unknown;

/**
 * Returns the request parameters of `advanced_json`, at any depth, that are named like a credential or whose value looks
 * like one. At most 50.
 */
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
  return mapMembers(advancedJson, (key, value) =>
    isSetting(key) ? value : replaceMember(key, value, () => jsonPointer(pointer(), key), replace),
  );
}

function replaceMember(name: string, value: unknown, pointer: Pointer, replace: Replace): unknown {
  if (!HARMLESS_NAMES.test(name) && isCredentialName(name) && containsSecret(name, value))
    return replace(pointer);
  return replaceValues(value, pointer, replace, membersOf(name, value));
}

function membersOf(name: string, value: unknown): ReplaceMember {
  if (EXAMPLES.has(name)) return NO_NAMES;
  if (!isJsonObject(value)) return NAMES;
  if (SUBSCHEMAS.has(name)) return SUBSCHEMA_NAMES;
  return NAMED_BY_USER.test(name) ? USER_NAMES : NAMES;
}

/** Checks a member of an object. */
type ReplaceMember = (name: string, value: unknown, pointer: Pointer, replace: Replace) => unknown;

const NAMES: ReplaceMember = replaceMember;
/** Checks the value of a member, and the names in the objects below it. */
const USER_NAMES: ReplaceMember = (_name, value, pointer, replace) =>
  replaceValues(value, pointer, replace, NAMES);
/** Checks no name in a subschema. A text is not a subschema, so its name is checked. */
const SUBSCHEMA_NAMES: ReplaceMember = (name, value, pointer, replace) =>
  typeof value === 'string'
    ? replaceMember(name, value, pointer, replace)
    : replaceValues(value, pointer, replace, NO_NAMES);
const NO_NAMES: ReplaceMember = (_name, value, pointer, replace) =>
  replaceValues(value, pointer, replace, NO_NAMES);

function replaceValues(value: unknown, pointer: Pointer, replace: Replace, member: ReplaceMember): unknown {
  if (isText(value)) return isCredentialValue(value) ? replace(pointer) : value;
  if (Array.isArray(value)) return replaceItems(value, pointer, replace, member);
  if (!isJsonObject(value)) return value;
  const label = member === NAMES ? labelOf(value) : undefined;
  return mapMembers(value, (key, content) => {
    const at = () => jsonPointer(pointer(), key);
    // In a pair such as `{ "key": "region", "value": "eu" }`, `key` contains the name of the value.
    if (key === label?.key) return replaceValues(content, at, replace, member);
    return member(label !== undefined && key === label.valueKey ? label.name : key, content, at, replace);
  });
}

function replaceItems(
  items: readonly unknown[],
  pointer: Pointer,
  replace: Replace,
  member: ReplaceMember,
): unknown {
  const mapped = items.map((item, index) => {
    const at = () => jsonPointer(pointer(), index);
    const before = items[index - 1];
    if (isText(item) && !item.startsWith('-') && isText(before) && isCredentialFlag(before))
      return replace(at);
    return replaceValues(item, at, replace, member);
  });
  return mapped.some((item, index) => item !== items[index]) ? mapped : items;
}

interface Label {
  readonly key: string;
  readonly valueKey: string;
  readonly name: string;
}

/** Returns what names the `value` of an object, such as `{ "name": "X-Api-Key", "value": "…" }`. */
function labelOf(pair: JsonObject): Label | undefined {
  const keys = Object.keys(pair);
  const valueKey = keys.find((key) => key.toLowerCase() === 'value');
  if (valueKey === undefined) return undefined;
  const key = LABELS.map((label) =>
    keys.find((each) => each.toLowerCase() === label && isText(pair[each])),
  ).find(isText);
  if (key === undefined) return undefined;
  const isComparison = key === 'key' && COMPARISONS.has(pair.type);
  return { key, valueKey, name: isComparison ? '' : (pair[key] as string) };
}

function mapMembers(value: JsonObject, map: (key: string, member: unknown) => unknown): JsonObject {
  const entries = Object.entries(value);
  const mapped = entries.map(([key, member]) => [key, map(key, member)] as const);
  return mapped.some(([, member], index) => member !== entries[index]![1])
    ? Object.fromEntries(mapped)
    : value;
}

function containsSecret(name: string, value: unknown): boolean {
  if (typeof value === 'number') return SECRET_NUMBERS.test(name);
  if (isText(value)) return value !== '' && !SPECIAL_TOKEN.test(value);
  if (Array.isArray(value)) return value.some((item) => containsSecret(name, item));
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([key, member]) => !IDENTITIES.has(key) && containsSecret(name, member));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

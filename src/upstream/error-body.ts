import { isJsonObject, type JsonObject } from '../common/json-object';

/** An error body nests its words in few levels: `{"message": {"detail": [{"msg": …}]}}`. */
const MAX_DEPTH = 6;
/** FastAPI lists one entry for each invalid field. */
const MAX_ENTRIES = 3;

/**
 * Members that contain the words of an error, the most specific first. Compared in lower case without separators, because
 * vendors write `message`, `Message`, `error_msg` and `errorMessage`.
 */
const WORD_KEYS = [
  'message',
  'msg',
  'errormessage',
  'errormsg',
  'errordescription',
  'statusmsg',
  'statusmessage',
  'errmsg',
  'detail',
  'details',
  'faultstring',
  'error',
  'errors',
  'err',
  'fault',
  'baseresp',
  'responsemetadata',
  'response',
  'header',
  'title',
  'reason',
  'exception',
  'description',
];
/** Members whose object or list is the error itself. Their words win over those beside it. */
const CONTAINER_KEYS = ['error', 'errors', 'err', 'fault', 'baseresp'];

/** Members of a response that contain its result. */
const PAYLOADS = ['data', 'models', 'result', 'results', 'choices', 'output', 'content'];

/**
 * Finds the words of an error body, or returns null. Reads objects, arrays and texts at any of the members that vendors
 * use, and JSON within a text.
 */
export function findErrorWords(json: unknown, depth = 0): string | null {
  if (depth > MAX_DEPTH) return null;
  if (typeof json === 'string') return findTextWords(json, depth);
  if (Array.isArray(json)) return joinEntries(json, depth);
  return isJsonObject(json) ? findObjectWords(json, depth) : null;
}

/**
 * Returns whether a body with a status below 400 reports an error: a member that says so, or only an error code where a
 * result belongs. `success: true`, `code` 0 or 200, and `error` null or false report none.
 */
export function reportsError(json: unknown): boolean {
  if (Array.isArray(json)) {
    const [first] = json as unknown[];
    return isJsonObject(first) && isFilled(first.error) && findId(first) === undefined;
  }
  if (!isJsonObject(json)) return false;
  const members = foldKeys(json);
  if (isFilled(members.get('error')) || isFilled(members.get('errors'))) return true;
  if (members.get('object') === 'error' || members.get('type') === 'error') return true;
  if (isFalse(members.get('success')) || isFalse(members.get('ok'))) return true;
  const baseResponse = members.get('baseresp');
  if (isJsonObject(baseResponse) && isErrorCode(baseResponse.status_code)) return true;
  if (isErrorCode(members.get('errorcode')) || isErrorCode(members.get('errcode'))) return true;
  return !reportsSuccess(members) && lacksResult(json) && findErrorWords(json) !== null;
}

function reportsSuccess(members: ReadonlyMap<string, unknown>): boolean {
  const baseResponse = members.get('baseresp');
  if (isJsonObject(baseResponse)) return true;
  const code = members.get('code') ?? undefined;
  return members.get('success') === true || (code !== undefined && !isErrorCode(code));
}

function findTextWords(text: string, depth: number): string | null {
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) {
    try {
      return findErrorWords(JSON.parse(trimmed), depth + 1) ?? trimmed;
    } catch {
      return trimmed;
    }
  }
  return trimmed === '' ? null : trimmed;
}

function joinEntries(entries: readonly unknown[], depth: number): string | null {
  const words = entries
    .slice(0, MAX_ENTRIES)
    .map((entry) => findErrorWords(entry, depth + 1))
    .filter((each) => each !== null);
  return words.length > 0 ? words.join('; ') : null;
}

function findObjectWords(json: JsonObject, depth: number): string | null {
  const members = foldKeys(json);
  const container = CONTAINER_KEYS.map((key) => members.get(key)).find(
    (value) => typeof value === 'object' && value !== null,
  );
  const inner = container === undefined ? null : findErrorWords(container, depth + 1);
  const words = inner ?? findMemberWords(members, depth);
  return words && addContext(words, json, depth);
}

function findMemberWords(members: ReadonlyMap<string, unknown>, depth: number): string | null {
  for (const key of WORD_KEYS) {
    const words = findErrorWords(members.get(key), depth + 1);
    if (words !== null) return words;
  }
  return null;
}

/** Adds FastAPI's place of an invalid field, and the error that OpenRouter got from the vendor. */
function addContext(words: string, json: JsonObject, depth: number): string {
  if (Array.isArray(json.loc)) return `${json.loc.join('.')}: ${words}`;
  const raw = isJsonObject(json.metadata) ? findErrorWords(json.metadata.raw, depth + 1) : null;
  return raw === null || raw === words ? words : `${words}: ${raw}`;
}

function foldKeys(json: JsonObject): Map<string, unknown> {
  const members = new Map<string, unknown>();
  for (const [key, value] of Object.entries(json)) {
    const folded = key.toLowerCase().replace(/[_-]/g, '');
    if (!members.has(folded)) members.set(folded, value);
  }
  return members;
}

function lacksResult(json: JsonObject): boolean {
  return !PAYLOADS.some((key) => key in json && json[key] !== null) && !('data' in json && 'object' in json);
}

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}

function isFalse(value: unknown): boolean {
  return value === false || value === 'false';
}

function isErrorCode(value: unknown): boolean {
  const code = typeof value === 'string' ? value.trim().toLowerCase() : value;
  return !['', '0', '200', 'ok', 'success', 0, 200, null, undefined, false].includes(
    code as string | number | boolean | null | undefined,
  );
}

function findId({ id, name }: JsonObject): unknown {
  return [id, name].find((value) => typeof value === 'string');
}

import { isUtf8 } from 'node:buffer';
import { visit } from 'jsonc-parser';
import { DomainError } from '../../common/domain-error';
import { jsonPointer } from '../../common/json-pointer';
import { MAX_JSON_DEPTH, measureJson } from '../../common/measure-json';
import { LONE_SURROGATE } from '../../common/text-rules';
import { findRoundedAmount } from './exact-amounts';

/** Values in one body: objects, arrays and scalars, without keys. */
const MAX_JSON_NODES = 2000;

/** The fields that may have any number. Another field has a range of its own. `pricing` has rules in `when` too. */
const FREE_FORM_FIELDS: ReadonlySet<string> = new Set(['advanced_json', 'context', 'when']);

const LARGE_INTEGER =
  'Must be a whole number from -(2^53 - 1) to 2^53 - 1, because parsers round larger ones. Send a string.';
const ROUNDED_AMOUNT =
  'Must have at most 15 significant digits, because parsers round longer numbers. Send fewer, or a string in `pricing`.';

/** The keys that an error repeats. A caller may have pasted a secret in place of a key. */
const HARMLESS_KEY = /^[a-z0-9_]{1,32}$/;

/**
 * Parses a request body, which must be one JSON object. Rejects what parsers read differently (RFC 8259 §4, §8; RFC
 * 7493): duplicate keys, lone surrogates, numbers that do not fit a double, whole numbers and amounts that a double rounds,
 * and keys that reach prototypes.
 *
 * A pass over the text limits depth and size before anything is built. `JSON.parse` checks the syntax, and a walk over
 * its result checks the rest. If the result has fewer keys than the text, a key is duplicate. jsonc-parser only locates
 * an error, because `JSON.parse` gives no offset and quotes the body.
 *
 * @throws DomainError `malformed`. Its detail names a place and never quotes the body.
 */
export function parseStrictJson(body: Buffer): Record<string, unknown> {
  const text = decode(body);
  const writtenKeys = measure(text);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw rejection('not_an_object', 'The body is not a JSON object. Send { … }.');
  }
  const keptKeys = inspect(value, [], text.includes('\\u'));
  if (keptKeys !== writtenKeys) {
    throw rejection(
      'duplicate_key',
      `Duplicate key in the object ${place(findDuplicate(text))}. Send each key once.`,
    );
  }
  const rounded = findRoundedAmount(text);
  if (rounded !== null) throw imprecise(rounded, ROUNDED_AMOUNT);
  return value as Record<string, unknown>;
}

function decode(body: Buffer): string {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) {
    throw rejection('byte_order_mark', 'The body starts with a byte order mark. Send UTF-8 without it.');
  }
  // ASCII in UTF-16 and UTF-32 is valid UTF-8 with NUL bytes. RFC 4627 §3 detects it by its first bytes.
  if (!isUtf8(body) || body[0] === 0 || body[1] === 0) {
    throw rejection('invalid_utf8', 'The body is not UTF-8. Encode it in UTF-8, as RFC 8259 §8.1 requires.');
  }
  return body.toString('utf8');
}

/** Rejects text that nests too deep or has too many values. Returns the number of keys, which is exact for valid JSON. */
function measure(text: string): number {
  const measured = measureJson(text, MAX_JSON_NODES);
  if ('keys' in measured) return measured.keys;
  const { excess, offset } = measured;
  if (excess === 'too_deep') {
    throw rejection(
      'too_deep',
      `The body nests deeper than ${MAX_JSON_DEPTH} levels (offset ${offset}). Flatten it.`,
    );
  }
  throw rejection(
    'too_many_nodes',
    `The body has more than ${MAX_JSON_NODES} values (offset ${offset}). Split it between requests.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw rejection(
      'malformed_json',
      `The body is not valid JSON (character ${findSyntaxError(text)}). Correct the JSON there.`,
    );
  }
}

/** Checks every key and value, and returns the number of keys. `measure` has limited the recursion. */
function inspect(value: unknown, path: string[], mayContainSurrogates: boolean): number {
  if (typeof value === 'string') {
    if (mayContainSurrogates && LONE_SURROGATE.test(value)) throw loneSurrogate(path);
    return 0;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) {
      throw rejection(
        'number_out_of_range',
        `The number ${place(path)} does not fit a double (IEEE 754). Send a smaller number, or a string.`,
      );
    }
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && isFreeForm(path))
      throw imprecise(path, LARGE_INTEGER);
    return 0;
  }
  if (typeof value !== 'object' || value === null) return 0;

  const isArray = Array.isArray(value);
  const names = Object.keys(value);
  let keys = isArray ? 0 : names.length;
  for (const name of names) {
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      throw rejection(
        'forbidden_key',
        `The key "${name}" is not allowed in the object ${place(path)}. Use another key.`,
      );
    }
    if (mayContainSurrogates && LONE_SURROGATE.test(name)) throw loneSurrogate(path);
    path.push(name);
    keys += inspect((value as Record<string, unknown>)[name], path, mayContainSurrogates);
    path.pop();
  }
  return keys;
}

/** Returns the offset of the first syntax error, in UTF-16 code units. */
function findSyntaxError(text: string): number {
  let found: number | undefined;
  const stop = new Error();
  try {
    // Stop at the first error, because `measure` did not limit what follows it, which could overflow the stack.
    const onError = (_error: number, offset: number): void => {
      found = offset;
      throw stop;
    };
    visit(text, { onError }, { disallowComments: true });
  } catch (error) {
    if (error !== stop) throw error;
  }
  return found ?? text.length;
}

/** Returns the path of the first object that has a duplicate key. */
function findDuplicate(text: string): string[] {
  const open: Set<string>[] = [];
  let found: string[] | undefined;
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (key, _offset, _length, _line, _character, path) => {
      const keys = open.at(-1);
      if (keys?.has(key)) found ??= path().map(String);
      keys?.add(key);
    },
  });
  return found ?? [];
}

/** Describes a place by its JSON pointer (RFC 6901), cut before the first key that may be a secret. */
function place(path: readonly string[]): string {
  const cut = path.findIndex((key) => !HARMLESS_KEY.test(key));
  const shown = cut === -1 ? path : path.slice(0, cut);
  if (shown.length === 0) return cut === -1 ? 'at the top' : 'somewhere below the top';
  return `${cut === -1 ? 'at' : 'somewhere below'} /${shown.join('/')}`;
}

function loneSurrogate(path: readonly string[]): DomainError {
  return rejection(
    'lone_surrogate',
    `The text ${place(path)} contains half a surrogate pair. Send whole characters.`,
  );
}

function isFreeForm(path: readonly string[]): boolean {
  return FREE_FORM_FIELDS.has(path[0]!) || path.includes('when');
}

/** Like the errors of these fields, shows the complete pointer. */
function imprecise(path: readonly string[], detail: string): DomainError {
  const pointer = jsonPointer('', ...path);
  return new DomainError('malformed', 'request.number_precision', `${pointer}: ${detail}`, {
    errors: [{ pointer, code: 'number_precision', detail }],
  });
}

function rejection(code: string, detail: string): DomainError {
  return new DomainError('malformed', `body.${code}`, detail);
}

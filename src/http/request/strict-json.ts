import { isUtf8 } from 'node:buffer';
import { visit } from 'jsonc-parser';
import { DomainError } from '../../common/domain-error';
import { LONE_SURROGATE } from '../../common/text-rules';

/** Objects and arrays inside each other, the top one counted. */
export const MAX_JSON_DEPTH = 32;
/** Values in one body: objects, arrays and scalars; keys are not counted. */
export const MAX_JSON_NODES = 2000;

/** A caller may have pasted a secret where a key belongs, so only keys that look like our fields are shown. */
const HARMLESS_KEY = /^[a-z0-9_]{1,32}$/;

/**
 * Reads a request body as the one JSON object it must be, refusing what parsers disagree about (RFC 8259
 * §4, §8; RFC 7493): duplicate keys, lone surrogates, numbers beyond a double, and keys that reach prototypes.
 *
 * A cheap pass over the text bounds depth and size before anything is built, `JSON.parse` alone judges the
 * syntax, and a walk over its result does the rest. Duplicates show as a difference between the keys written
 * and the keys kept, so nothing is tracked while all is well; jsonc-parser only locates a fault (`JSON.parse`
 * gives no offset, and its messages quote the body).
 *
 * @throws DomainError `malformed`; its detail gives a place, never text of the body.
 */
export function parseStrictJson(body: Buffer): Record<string, unknown> {
  const text = decode(body);
  const writtenKeys = measure(text);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusal('not_an_object', 'The body must be a JSON object: { … }.');
  }
  const keptKeys = inspect(value, [], text.includes('\\u'));
  if (keptKeys !== writtenKeys) {
    throw refusal('duplicate_key', `A key stands twice in the object ${place(findDuplicate(text))}.`);
  }
  return value as Record<string, unknown>;
}

function decode(body: Buffer): string {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) {
    throw refusal('byte_order_mark', 'The body starts with a byte order mark; send UTF-8 without it.');
  }
  // UTF-16 and UTF-32 of ASCII are valid UTF-8 full of NUL: told apart as in RFC 4627 §3.
  if (!isUtf8(body) || body[0] === 0 || body[1] === 0) {
    throw refusal('invalid_utf8', 'The body is not UTF-8, the only encoding of JSON (RFC 8259 §8.1).');
  }
  return body.toString('utf8');
}

/** Refuses what is too deep or too large and returns how many keys are written; exact for valid JSON. */
function measure(text: string): number {
  let depth = 0;
  let nodes = 1;
  let keys = 0;
  let afterOpening = false;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text.charCodeAt(offset);
    if (character === 0x20 || character === 0x0a || character === 0x0d || character === 0x09) continue;
    const closing = character === 0x7d || character === 0x5d;
    if (afterOpening && !closing) nodes++;
    afterOpening = false;
    if (character === 0x22) {
      offset = endOfString(text, offset);
    } else if (character === 0x7b || character === 0x5b) {
      afterOpening = true;
      if (++depth > MAX_JSON_DEPTH) {
        throw refusal('too_deep', `The body nests deeper than ${MAX_JSON_DEPTH} levels (offset ${offset}).`);
      }
    } else if (closing) {
      depth--;
    } else if (character === 0x2c) {
      nodes++;
    } else if (character === 0x3a) {
      keys++;
    }
    if (nodes > MAX_JSON_NODES) {
      throw refusal(
        'too_many_nodes',
        `The body holds more than ${MAX_JSON_NODES} values (offset ${offset}).`,
      );
    }
  }
  return keys;
}

function endOfString(text: string, start: number): number {
  let offset = start + 1;
  while (offset < text.length) {
    const character = text.charCodeAt(offset);
    if (character === 0x22) break;
    offset += character === 0x5c ? 2 : 1;
  }
  return offset;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refusal('malformed_json', `The body is not valid JSON (character ${findFault(text)}).`);
  }
}

/** Judges every key and value; returns how many keys there are. Recursion is bounded by `measure`. */
function inspect(value: unknown, path: string[], mayHoldSurrogates: boolean): number {
  if (typeof value === 'string') {
    if (mayHoldSurrogates && LONE_SURROGATE.test(value)) throw loneSurrogate(path);
    return 0;
  }
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return 0;
    throw refusal('number_out_of_range', `The number ${place(path)} does not fit a double (IEEE 754).`);
  }
  if (typeof value !== 'object' || value === null) return 0;

  const isArray = Array.isArray(value);
  const names = Object.keys(value);
  let keys = isArray ? 0 : names.length;
  for (const name of names) {
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      throw refusal('forbidden_key', `The key "${name}" is not allowed; it is in the object ${place(path)}.`);
    }
    if (mayHoldSurrogates && LONE_SURROGATE.test(name)) throw loneSurrogate(path);
    path.push(name);
    keys += inspect((value as Record<string, unknown>)[name], path, mayHoldSurrogates);
    path.pop();
  }
  return keys;
}

/** The offset of the first syntax error, in UTF-16 code units. */
function findFault(text: string): number {
  let fault: number | undefined;
  const stop = new Error();
  try {
    // Left at the first error: what follows it was not bounded by `measure` and could overflow the stack.
    const onError = (_error: number, offset: number): void => {
      fault = offset;
      throw stop;
    };
    visit(text, { onError }, { disallowComments: true });
  } catch (error) {
    if (error !== stop) throw error;
  }
  return fault ?? text.length;
}

/** The path of the first object that has a key twice. */
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

/** An RFC 6901 pointer, cut before the first key that could be more than a name. */
function place(path: readonly string[]): string {
  const cut = path.findIndex((key) => !HARMLESS_KEY.test(key));
  const shown = cut === -1 ? path : path.slice(0, cut);
  if (shown.length === 0) return cut === -1 ? 'at the top' : 'somewhere below the top';
  return `${cut === -1 ? 'at' : 'somewhere below'} /${shown.join('/')}`;
}

function loneSurrogate(path: readonly string[]): DomainError {
  return refusal('lone_surrogate', `Half a surrogate pair, which is no character, stands ${place(path)}.`);
}

function refusal(code: string, detail: string): DomainError {
  return new DomainError('malformed', `body.${code}`, detail);
}

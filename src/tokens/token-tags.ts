import type { FieldError } from '../common/domain-error';
import { isJsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { tagProblem } from '../common/text-rules';

export const MAX_TAGS = 8;
/** Rules read a tag at `token.tags.<key>`, so a key has no dots. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** What a token is for, as keys and values in the rows of its usage. */
export type TokenTags = Readonly<Record<string, string>>;

/** Returns why a value cannot be the tags of a token, each problem with its JSON pointer. */
export function tokenTagsProblems(value: unknown, pointer: string): readonly FieldError[] {
  if (!isJsonObject(value)) {
    return [{ pointer, code: 'type', detail: 'Must be an object with strings as values.' }];
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_TAGS) {
    return [{ pointer, code: 'length', detail: `Must have at most ${MAX_TAGS} tags.` }];
  }
  return entries.flatMap(([key, text]): FieldError[] => {
    const at = jsonPointer(pointer, key);
    if (!KEY.test(key)) return [{ pointer: at, code: 'pattern', detail: KEY_DETAIL }];
    if (typeof text !== 'string') return [{ pointer: at, code: 'type', detail: 'Must be a string.' }];
    const violation = tagProblem(text);
    return violation === null ? [] : [{ pointer: at, ...violation }];
  });
}

const KEY_DETAIL =
  'The key must have 1 to 64 letters, digits, hyphens and underscores, and start with a letter or digit.';

/** Returns the tags as they are stored, without white space around values. Null for none. */
export function normaliseTags(tags: TokenTags | null | undefined): TokenTags | null {
  const entries = Object.entries(tags ?? {});
  return entries.length === 0 ? null : Object.fromEntries(entries.map(([key, text]) => [key, text.trim()]));
}

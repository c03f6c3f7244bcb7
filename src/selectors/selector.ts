import { type DomainError, invalidField } from '../common/domain-error';
import { foldCase } from '../common/identity-key';
import { CONTROL, LONE_SURROGATE } from '../common/text-rules';
import { listNames } from './name-suggestions';

/**
 * A parsed selector. `name` is a model or a tag, and `text` is the original text for messages. All kinds have the same
 * fields in the same order, so V8 uses one hidden class.
 */
export type Selector =
  /** `provider^model` */
  | { readonly kind: 'exact'; readonly text: string; readonly provider: string; readonly name: string }
  /** `provider^` */
  | { readonly kind: 'default'; readonly text: string; readonly provider: string; readonly name: null }
  /** `model` */
  | { readonly kind: 'model'; readonly text: string; readonly provider: null; readonly name: string }
  /** `#tag`, `provider^#tag` */
  | { readonly kind: 'tag'; readonly text: string; readonly provider: string | null; readonly name: string }
  /** `auto`, or an empty text */
  | { readonly kind: 'auto'; readonly text: string; readonly provider: null; readonly name: null };

/** Selectors of one request. */
export const MAX_SELECTORS = 32;

/** In code points. The longest `provider^model` has 713. */
export const MAX_SELECTOR_LENGTH = 1024;

/** The forms of a selector, for errors. */
export const SELECTOR_FORMAT = '"provider^model", "provider^", "model", "#tag", "provider^#tag" or "auto"';
const VISIBLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * Parses a selector. Splits it at the first `^`, so a model name after a provider may contain `^`.
 * @param pointer JSON pointer to the text in the request
 * @param providerNames called only for the error, which lists the names
 * @throws DomainError `validation.failed` with the format and the existing providers
 */
export function parseSelector(
  text: string,
  pointer: string,
  providerNames: () => readonly string[],
): Selector {
  const selector = readSelector(text);
  if (typeof selector === 'string') throw invalidSelector(selector, pointer, providerNames());
  return selector;
}

/** Returns the selector, or why the text is none. */
export function readSelector(text: string): Selector | string {
  const caret = text.indexOf('^');
  const provider = caret === -1 ? null : text.slice(0, caret).trim();
  const rest = text.slice(caret + 1).trim();
  const problem = problemOf(text, provider, rest);
  if (problem !== null) return problem;
  if (rest.startsWith('#')) return { kind: 'tag', text, provider, name: rest.slice(1).trim() };
  if (provider !== null) {
    return rest === ''
      ? { kind: 'default', text, provider, name: null }
      : { kind: 'exact', text, provider, name: rest };
  }
  return isAuto(rest)
    ? { kind: 'auto', text, provider, name: null }
    : { kind: 'model', text, provider, name: rest };
}

/** Removes duplicate selectors, which cannot add candidates. */
export function distinctSelectors(selectors: readonly Selector[]): Selector[] {
  const distinct = new Map<string, Selector>();
  for (const selector of selectors) {
    const meaning = JSON.stringify([selector.kind, selector.provider, selector.name]);
    if (!distinct.has(meaning)) distinct.set(meaning, selector);
  }
  return [...distinct.values()];
}

function problemOf(text: string, provider: string | null, rest: string): string | null {
  if (text.length > MAX_SELECTOR_LENGTH && [...text].length > MAX_SELECTOR_LENGTH) {
    return `it has more than ${MAX_SELECTOR_LENGTH} characters`;
  }
  if (!VISIBLE_ASCII.test(text)) {
    if (CONTROL.test(rest) || (provider !== null && CONTROL.test(provider))) {
      return 'it contains control characters';
    }
    if (LONE_SURROGATE.test(text)) return 'it contains an unpaired surrogate';
  }
  if (provider === '') return 'no provider is named before "^"';
  return rest.startsWith('#') && rest.slice(1).trim() === '' ? 'no tag follows "#"' : null;
}

/** Checks the length first, because only texts of four letters fold to `auto`. */
function isAuto(text: string): boolean {
  return text === '' || (text.length === 4 && foldCase(text) === 'auto');
}

function invalidSelector(problem: string, pointer: string, providerNames: readonly string[]): DomainError {
  const providers =
    providerNames.length === 0
      ? 'There are no providers yet'
      : `The providers are ${listNames(providerNames)}`;
  return invalidField(pointer, 'format', `Must be ${SELECTOR_FORMAT}: ${problem}. ${providers}.`);
}

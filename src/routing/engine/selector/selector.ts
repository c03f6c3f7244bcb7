import { type DomainError, invalidField } from '../../../common/domain-error';
import { foldCase } from '../../../common/identity-key';
import { CONTROL, LONE_SURROGATE } from '../../../common/text-rules';
import { listNames } from './name-suggestions';

/**
 * What a caller asks for. `name` is a model or a tag; `text` is what was written, for messages. All kinds have the same
 * fields in the same order: one hidden class keeps the readers fast.
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
  /** `auto`, or nothing */
  | { readonly kind: 'auto'; readonly text: string; readonly provider: null; readonly name: null };

/** In code points; a provider's name, `^` and a model's name need 401. */
export const MAX_SELECTOR_LENGTH = 512;

const FORMAT = '"provider^model", "provider^", "model", "#tag", "provider^#tag" or "auto"';
const VISIBLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * Reads a selector. It is split at the first `^`, so that a model's name may hold one where its provider is named.
 * @param pointer where the text stands in the request, for the error
 * @param providerNames asked only for the error, which lists them
 * @throws DomainError `validation.failed` with the format and the providers there are
 */
export function parseSelector(
  text: string,
  pointer: string,
  providerNames: () => readonly string[],
): Selector {
  const caret = text.indexOf('^');
  const provider = caret === -1 ? null : text.slice(0, caret).trim();
  const rest = text.slice(caret + 1).trim();
  const problem = problemOf(text, provider, rest);
  if (problem !== null) throw invalidSelector(problem, pointer, providerNames());
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

/** Each once, by what it means to the letter: a repeated one could only cost time. */
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
      return 'it holds control characters';
    }
    if (LONE_SURROGATE.test(text)) return 'it holds half a surrogate pair, which is no character';
  }
  if (provider === '') return 'no provider is named before "^"';
  return rest.startsWith('#') && rest.slice(1).trim() === '' ? 'no tag follows "#"' : null;
}

/** No other letters fold to these four, so the length decides first. */
function isAuto(text: string): boolean {
  return text === '' || (text.length === 4 && foldCase(text) === 'auto');
}

function invalidSelector(problem: string, pointer: string, providerNames: readonly string[]): DomainError {
  const providers =
    providerNames.length === 0
      ? 'There are no providers yet'
      : `The providers are ${listNames(providerNames)}`;
  return invalidField(pointer, 'selector', `Must be ${FORMAT}: ${problem}. ${providers}.`);
}

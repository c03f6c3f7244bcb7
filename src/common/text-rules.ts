import type { RuleViolation } from './domain-error';
import { foldCase, isNormalisable } from './identity-key';

/** Lengths are in code points, like those of utf8mb4 columns. */
export const MAX_NAME_LENGTH = 200;
/** llama.cpp names a model by the path of its file. */
export const MAX_MODEL_LENGTH = 512;
export const MAX_TAG_LENGTH = 64;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
export const LONE_SURROGATE = /\p{Surrogate}/u;
export const CONTROL = /\p{Cc}/u;
const OUTER_WHITE_SPACE = /^[\s\p{White_Space}]|[\s\p{White_Space}]$/u;

const INCOMPLETE_CHARACTER = 'Must be well-formed Unicode, without half a surrogate pair.';

/**
 * Emoji with their invisible parts (UTS #51, ED-9 to ED-16): U+FE0F selects colour, U+200D joins. The data files list
 * ASCII digits as emoji, but a digit outside a keycap must not carry an invisible mark.
 */
const EMOJI = String.raw`(?!\p{ASCII})\p{Emoji}(?:\u{FE0F}|\p{Emoji_Modifier})?`;
const EMOJI_SEQUENCE = new RegExp(String.raw`[0-9#*]\u{FE0F}?\u{20E3}|${EMOJI}(?:\u{200D}${EMOJI})*`, 'gu');

/** Returns the stored form of a name. Only trims a text that is too long for any name. */
export function normaliseName(text: string): string {
  const trimmed = text.trim();
  return isNormalisable(trimmed) ? trimmed.normalize('NFC') : trimmed;
}

/**
 * Returns why a text cannot name a provider or a token, or null. Checks the stored form (`normaliseName`) and the form
 * for comparison: a character that folds to `^` would make `provider^model` ambiguous.
 */
export function nameProblem(text: string): RuleViolation | null {
  const name = normaliseName(text);
  if (name === '') return EMPTY;
  const problem = lengthProblem(name, MAX_NAME_LENGTH) ?? visibilityProblem(name);
  if (problem !== null) return problem;
  const folded = foldCase(name.normalize('NFKC'));
  return folded.includes('^') ? CARET : reservedProblem(folded);
}

/** Returns why a text cannot be a model's name, or null. Names are stored as sent: not trimmed, not normalised. */
export function modelNameProblem(text: string): RuleViolation | null {
  if (text === '')
    return { code: 'length', detail: 'Must be the name that the upstream uses for the model.' };
  if (OUTER_WHITE_SPACE.test(text))
    return pattern('Must not start or end with white space. The name is stored exactly as sent.');
  if (CONTROL.test(text)) return pattern('Must not contain control characters.');
  if (LONE_SURROGATE.test(text)) return SURROGATE;
  return lengthProblem(text, MAX_MODEL_LENGTH) ?? reservedProblem(foldCase(text));
}

/** Returns why a text cannot be a tag, or null. White space around a tag is ignored and not stored. */
export function tagProblem(text: string): RuleViolation | null {
  const tag = text.trim();
  return tag === '' ? EMPTY : (lengthProblem(tag, MAX_TAG_LENGTH) ?? visibilityProblem(tag));
}

const EMPTY: RuleViolation = { code: 'length', detail: 'Must contain at least one visible character.' };
const CARET = pattern(
  'Must not contain "^" or its full-width form. "^" separates the provider from the model.',
);
const SURROGATE = pattern(INCOMPLETE_CHARACTER);

function pattern(detail: string): RuleViolation {
  return { code: 'pattern', detail };
}

/** Returns why a text is too long, or null. */
export function lengthProblem(text: string, maximum: number): RuleViolation | null {
  const isTooLong = text.length > 2 * maximum || [...text].length > maximum;
  return isTooLong ? { code: 'length', detail: `Must have at most ${maximum} characters.` } : null;
}

function visibilityProblem(text: string): RuleViolation | null {
  if (LONE_SURROGATE.test(text)) return SURROGATE;
  if (!INVISIBLE.test(text.replace(EMOJI_SEQUENCE, ''))) return null;
  return pattern('Must not contain control or other invisible characters, except joiners inside emoji.');
}

function reservedProblem(folded: string): RuleViolation | null {
  if (folded === 'auto') return reserved('Must not be "auto", which is the selector for any model.');
  if (folded.startsWith('#')) return reserved('Must not start with "#", which marks a tag in a selector.');
  return null;
}

function reserved(detail: string): RuleViolation {
  return { code: 'reserved', detail };
}

import { foldCase } from './identity-key';

/** Lengths are in code points, like those of utf8mb4 columns. */
export const MAX_NAME_LENGTH = 200;
export const MAX_MODEL_LENGTH = 200;
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

/** Returns the stored form of a name. */
export function normaliseName(text: string): string {
  return text.normalize('NFC').trim();
}

/**
 * Returns why a text cannot name a provider or a token, or null. Checks the stored form (`normaliseName`) and the form
 * for comparison: a character that folds to `^` would make `provider^model` ambiguous.
 */
export function nameProblem(text: string): string | null {
  const name = normaliseName(text);
  if (name === '') return 'Must contain at least one visible character.';
  const problem = lengthProblem(name, MAX_NAME_LENGTH) ?? visibilityProblem(name);
  if (problem !== null) return problem;
  const folded = foldCase(name.normalize('NFKC'));
  if (folded.includes('^'))
    return 'Must not contain "^" or its full-width form. "^" separates the provider from the model.';
  return reservedProblem(folded);
}

/** Returns why a text cannot be a model's name, or null. Names are stored as sent: not trimmed, not normalised. */
export function modelNameProblem(text: string): string | null {
  if (text === '') return 'Must be the name that the upstream uses for the model.';
  if (OUTER_WHITE_SPACE.test(text))
    return 'Must not start or end with white space. The name is stored exactly as sent.';
  if (CONTROL.test(text)) return 'Must not contain control characters.';
  if (LONE_SURROGATE.test(text)) return INCOMPLETE_CHARACTER;
  return lengthProblem(text, MAX_MODEL_LENGTH) ?? reservedProblem(foldCase(text));
}

/** Returns why a text cannot be a tag, or null. White space around a tag is ignored and not stored. */
export function tagProblem(text: string): string | null {
  const tag = text.trim();
  if (tag === '') return 'Must contain at least one visible character.';
  return lengthProblem(tag, MAX_TAG_LENGTH) ?? visibilityProblem(tag);
}

function lengthProblem(text: string, maximum: number): string | null {
  const tooLong = text.length > 2 * maximum || [...text].length > maximum;
  return tooLong ? `Must have at most ${maximum} characters.` : null;
}

function visibilityProblem(text: string): string | null {
  if (LONE_SURROGATE.test(text)) return INCOMPLETE_CHARACTER;
  if (!INVISIBLE.test(text.replace(EMOJI_SEQUENCE, ''))) return null;
  return 'Must not contain control or other invisible characters, except joiners inside emoji.';
}

function reservedProblem(folded: string): string | null {
  if (folded === 'auto') return 'Must not be "auto", which is the selector for any model.';
  if (folded.startsWith('#')) return 'Must not start with "#", which marks a tag in a selector.';
  return null;
}

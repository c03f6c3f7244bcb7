import { foldCase } from './identity-key';

/** Lengths are counted in code points, as utf8mb4 columns count them. */
export const MAX_NAME_LENGTH = 200;
export const MAX_MODEL_LENGTH = 200;
export const MAX_TAG_LENGTH = 64;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
export const LONE_SURROGATE = /\p{Surrogate}/u;
export const CONTROL = /\p{Cc}/u;
const OUTER_WHITE_SPACE = /^[\s\p{White_Space}]|[\s\p{White_Space}]$/u;

/**
 * Emoji with their invisible parts (UTS #51, ED-9 to ED-16): U+FE0F asks for colour, U+200D joins. ASCII
 * digits are emoji too, by the data files, but alone they must not carry a mark that nobody sees.
 */
const EMOJI = String.raw`(?!\p{ASCII})\p{Emoji}(?:\u{FE0F}|\p{Emoji_Modifier})?`;
const EMOJI_SEQUENCE = new RegExp(String.raw`[0-9#*]\u{FE0F}?\u{20E3}|${EMOJI}(?:\u{200D}${EMOJI})*`, 'gu');

/** The stored form of a name. */
export function normaliseName(text: string): string {
  return text.normalize('NFC').trim();
}

/**
 * Why a text cannot name a provider or a token, or null. Judged as it will be stored (`normaliseName`), and
 * as it will be compared: a character that folds to `^` would make `provider^model` ambiguous.
 */
export function nameProblem(text: string): string | null {
  const name = normaliseName(text);
  if (name === '') return 'Must hold at least one visible character.';
  const problem = lengthProblem(name, MAX_NAME_LENGTH) ?? visibilityProblem(name);
  if (problem !== null) return problem;
  const folded = foldCase(name.normalize('NFKC'));
  if (folded.includes('^'))
    return 'Must not hold "^" (nor its full-width form): it parts provider from model.';
  return reservedProblem(folded);
}

/** Why a text cannot be a model's name, or null. Judged byte by byte: nothing is trimmed or normalised. */
export function modelNameProblem(text: string): string | null {
  if (text === '') return 'Must be the name of the model as the upstream knows it.';
  if (OUTER_WHITE_SPACE.test(text)) return 'Must not start or end with white space; it is taken as it is.';
  if (CONTROL.test(text)) return 'Must not hold control characters.';
  if (LONE_SURROGATE.test(text)) return 'Must be well-formed Unicode: half a surrogate pair is no character.';
  return lengthProblem(text, MAX_MODEL_LENGTH) ?? reservedProblem(foldCase(text));
}

/** Why a text cannot be a tag, or null. White space around it does not count; it is trimmed when stored. */
export function tagProblem(text: string): string | null {
  const tag = text.trim();
  if (tag === '') return 'Must hold at least one visible character.';
  return lengthProblem(tag, MAX_TAG_LENGTH) ?? visibilityProblem(tag);
}

function lengthProblem(text: string, maximum: number): string | null {
  const tooLong = text.length > 2 * maximum || [...text].length > maximum;
  return tooLong ? `Must have at most ${maximum} characters.` : null;
}

function visibilityProblem(text: string): string | null {
  if (LONE_SURROGATE.test(text)) return 'Must be well-formed Unicode: half a surrogate pair is no character.';
  if (!INVISIBLE.test(text.replace(EMOJI_SEQUENCE, ''))) return null;
  return 'Must not hold control characters or invisible ones (joiners inside emoji are fine).';
}

function reservedProblem(folded: string): string | null {
  if (folded === 'auto') return 'Must not be "auto": that selector lets the router choose.';
  if (folded.startsWith('#')) return 'Must not start with "#": selectors write tags so.';
  return null;
}

import { foldCase } from './identity-key';

/** Lengths are counted in code points, as utf8mb4 columns count them. */
export const MAX_NAME_LENGTH = 200;
export const MAX_MODEL_LENGTH = 200;
export const MAX_TAG_LENGTH = 64;
export const MAX_API_KEY_LENGTH = 4096;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const LONE_SURROGATE = /\p{Surrogate}/u;
const CONTROL = /\p{Cc}/u;
const OUTER_WHITE_SPACE = /^[\s\p{White_Space}]|[\s\p{White_Space}]$/u;

/**
 * Emoji with their invisible parts (UTS #51, ED-9 to ED-16): U+FE0F asks for colour, U+200D joins. ASCII
 * digits are emoji too, by the data files, but alone they must not carry a mark that nobody sees.
 */
const EMOJI = String.raw`(?!\p{ASCII})\p{Emoji}(?:\u{FE0F}|\p{Emoji_Modifier})?`;
const EMOJI_SEQUENCE = new RegExp(String.raw`[0-9#*]\u{FE0F}?\u{20E3}|${EMOJI}(?:\u{200D}${EMOJI})*`, 'gu');

const MASK_CHARACTERS_ONLY = /^[*•….]+$/u;
const MASKED_MIDDLE = /[•…]|\*{3}|^[^.]{0,20}\.{3,}[^.]{0,20}$/u;

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

/** Whether a text is what a screen shows instead of an API key: `***`, `••••`, `sk-…abcd`, `sk-...abcd`. */
export function isMask(text: string): boolean {
  return MASK_CHARACTERS_ONLY.test(text) || MASKED_MIDDLE.test(text);
}

/** Why a text cannot be an API key, or null. The message never quotes it. */
export function apiKeyProblem(text: string): string | null {
  if (text === '') return 'Must not be empty.';
  if (isMask(text))
    return 'Is a mask, not a key: send the whole key, or leave the field out to keep the stored one.';
  if (!/^[\x21-\x7e]+$/.test(text))
    return 'Must be visible ASCII characters only, without spaces or line breaks.';
  if (text.length > MAX_API_KEY_LENGTH) return `Must have at most ${MAX_API_KEY_LENGTH} characters.`;
  return null;
}

/** What may be shown of an API key: at most a quarter, so that the rest cannot be guessed; nothing of a short one. */
export function keyPrefix(apiKey: string): string {
  return apiKey.length < 16 ? '' : apiKey.slice(0, Math.min(8, Math.floor(apiKey.length / 4)));
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

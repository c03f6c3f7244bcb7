import type { RuleViolation } from '../common/domain-error';

export const MAX_API_KEY_LENGTH = 4096;

const MASK_CHARACTERS_ONLY = /^[*•….]+$/u;
const MASKED_MIDDLE = /[•…]|\*{3}|^[^.]{0,20}\.{3,}[^.]{0,20}$/u;

/** Whether a text is a masked API key, as user interfaces show it: `***`, `••••`, `sk-…abcd`, `sk-...abcd`. */
export function isMask(text: string): boolean {
  return MASK_CHARACTERS_ONLY.test(text) || MASKED_MIDDLE.test(text);
}

/** Returns why a text cannot be an API key, or null. The message never quotes the text. */
export function apiKeyProblem(text: string): RuleViolation | null {
  if (text === '') return { code: 'length', detail: 'Must not be empty.' };
  if (isMask(text)) {
    const detail =
      'Must not be a masked key. Send the whole key, or leave the field out to keep the stored key.';
    return { code: 'mask', detail };
  }
  if (!/^[\x21-\x7e]+$/.test(text)) {
    const detail = 'Must be visible ASCII characters only, without spaces or line breaks.';
    return { code: 'pattern', detail };
  }
  if (text.length > MAX_API_KEY_LENGTH) {
    return { code: 'length', detail: `Must have at most ${MAX_API_KEY_LENGTH} characters.` };
  }
  return null;
}

/** Returns the part of an API key that may be shown: at most a quarter of it, and nothing of a short key. */
export function keyPrefix(apiKey: string): string {
  return apiKey.length < 16 ? '' : apiKey.slice(0, Math.min(8, Math.floor(apiKey.length / 4)));
}

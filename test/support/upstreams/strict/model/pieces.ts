/** Splits a text into its tokens: at most eight characters each, with the blanks before them. */
export function piecesOf(text: string): string[] {
  return text.match(/\s*\S{1,8}|\s+$/gu) ?? [];
}

export function countTokens(text: string): number {
  return piecesOf(text).length;
}

const TOKENS_PER_ATTACHMENT = 85;

/** Counts the input of a request: each text of its members, and a fixed count for each picture or document. */
export function countInput(value: unknown): number {
  if (typeof value === 'string') return isMedia(value) ? TOKENS_PER_ATTACHMENT : countTokens(value);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, each) => sum + countInput(each), 0);
}

function isMedia(text: string): boolean {
  return text.startsWith('data:') || /^[A-Za-z0-9+/]{60,}={0,2}$/.test(text);
}

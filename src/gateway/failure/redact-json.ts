import { redact } from '../../upstream/redact';

/** Quotes end every pattern of a credential, so a separator with quotes never becomes a part of one. */
const SEPARATOR = '"\u0001"';

/**
 * Removes secrets from all texts of a JSON value, keys included. Returns undefined if a text contains what separates them
 * during the search. Searches all texts together, because a search costs more than most texts are long.
 */
export function redactJson(json: unknown, secrets: readonly string[]): unknown {
  const texts: string[] = [];
  forEachText(json, (text) => {
    texts.push(text);
    return text;
  });
  const redacted = redact(texts.join(SEPARATOR), secrets).split(SEPARATOR);
  if (redacted.length !== Math.max(1, texts.length)) return undefined;
  let next = 0;
  return forEachText(json, () => redacted[next++]!);
}

/** Returns a copy in which `replace` has replaced every text, always in the same order. */
function forEachText(json: unknown, replace: (text: string) => string): unknown {
  if (typeof json === 'string') return replace(json);
  if (Array.isArray(json)) return json.map((each) => forEachText(each, replace));
  if (typeof json !== 'object' || json === null) return json;
  // Without a prototype, because a key may be `__proto__`.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(json)) copy[replace(key)] = forEachText(value, replace);
  return copy;
}

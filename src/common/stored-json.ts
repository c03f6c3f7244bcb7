import { isJsonObject, type JsonObject } from './json-object';

/** A JSON object as it is stored; undefined where the text is none, for one spoilt row must not break a list. */
export function storedObject(text: string): JsonObject | undefined {
  if (text === '{}') return {};
  const value = parsed(text);
  return isJsonObject(value) ? value : undefined;
}

/** The same for a list of texts. */
export function storedTexts(text: string): string[] | undefined {
  if (text === '[]') return [];
  const value = parsed(text);
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

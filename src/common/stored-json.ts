import { isJsonObject, type JsonObject } from './json-object';

/** Parses a stored JSON object. Returns undefined for invalid JSON, so one corrupt row cannot fail a list. */
export function storedObject(text: string): JsonObject | undefined {
  if (text === '{}') return {};
  const value = parse(text);
  return isJsonObject(value) ? value : undefined;
}

/** Parses a stored JSON array of strings. Returns undefined for anything else. */
export function storedTexts(text: string): string[] | undefined {
  if (text === '[]') return [];
  const value = parse(text);
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

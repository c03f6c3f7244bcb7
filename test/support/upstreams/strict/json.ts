/** A parsed body. Untyped on purpose: the protocols check it member by member. */
export type Json = ReturnType<typeof JSON.parse>;

export function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a list, or the text as a list of one part of this type. Null and undefined are an empty list. */
export function toParts(content: Json, type: string): Json[] {
  if (content === undefined || content === null) return [];
  return typeof content === 'string' ? [{ type, text: content }] : content;
}

/** An object as `JSON.parse` returns it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns false for arrays and for instances of classes. */
export function isJsonObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

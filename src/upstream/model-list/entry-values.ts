import { isJsonObject, type JsonObject } from '../../common/json-object';

/** Returns the first non-empty string. */
export function findText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find(
    (candidate): candidate is string => typeof candidate === 'string' && candidate.trim() !== '',
  );
}

/** Returns the first positive integer. */
export function findCount(...candidates: readonly unknown[]): number | undefined {
  return candidates.find(
    (candidate): candidate is number => Number.isSafeInteger(candidate) && (candidate as number) > 0,
  );
}

/** Returns the strings of a list, or undefined if there are none. */
export function findTexts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((item): item is string => typeof item === 'string');
  return found.length > 0 ? found : undefined;
}

/** Returns the value at a path such as `capabilities.limits`, or undefined. */
export function valueAt(entry: JsonObject, path: string): unknown {
  let value: unknown = entry;
  for (const key of path.split('.')) value = isJsonObject(value) ? value[key] : undefined;
  return value;
}

/** Returns the objects at these paths. The empty path is the entry itself. */
export function listParts(entry: JsonObject, paths: readonly string[]): JsonObject[] {
  return paths
    .map((path) => (path === '' ? entry : valueAt(entry, path)))
    .filter((part): part is JsonObject => isJsonObject(part));
}

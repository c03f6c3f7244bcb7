import { isObject, type Json } from '../json';

/** Returns a value that satisfies a JSON schema of the common keywords. */
export function sampleValue(schema: Json, name = 'value'): Json {
  if (!isObject(schema)) return {};
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  const choice = schema['anyOf']?.[0] ?? schema['oneOf']?.[0];
  if (choice) return sampleValue(choice, name);
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'string':
      return `a ${name}`;
    case 'number':
    case 'integer':
      return schema['minimum'] ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return [sampleValue(schema['items'], name)];
    default: {
      const entries = Object.entries<Json>(schema['properties'] ?? {});
      return Object.fromEntries(entries.map(([key, value]) => [key, sampleValue(value, key)]));
    }
  }
}

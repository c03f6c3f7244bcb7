import { isObject, type Json } from '../json';

/** Returns what OpenAI rejects in a schema with `strict: true`, or null. */
export function strictSchemaProblem(schema: Json, context: readonly string[] = []): string | null {
  if (!isObject(schema)) return null;
  const at = `In context=(${context.map((key) => `'${key}'`).join(', ')}), `;
  if (isObject(schema['properties'])) {
    if (schema['additionalProperties'] !== false)
      return `${at}'additionalProperties' is required to be supplied and to be false.`;
    const required: Json[] = schema['required'] ?? [];
    const missing = Object.keys(schema['properties']).find((key) => !required.includes(key));
    if (missing !== undefined)
      return `${at}'required' must include every key in properties. Missing '${missing}'.`;
    for (const [key, value] of Object.entries(schema['properties'])) {
      const problem = strictSchemaProblem(value, [...context, 'properties', key]);
      if (problem !== null) return problem;
    }
  }
  return strictSchemaProblem(schema['items'], [...context, 'items']);
}

import { isObject, type Json } from './json';
import { StrictError } from './strict-error';

/** How a vendor words the faults of a member. */
export interface MemberFaults {
  unknown(path: string): StrictError;
  missing(path: string): StrictError;
  type(path: string, expected: string): StrictError;
  /** Joins a path and a key or an index. */
  join(path: string, key: string | number): string;
}

/**
 * Types of members by name: `string`, `boolean`, `integer`, `number`, `array`, `object` or `any`, several joined by `|`.
 * A `!` at the end requires the member.
 */
export type Members = ReadonlyMap<string, string>;

/** Creates a table from lines such as `messages: array!`. */
export function members(text: string): Members {
  const entries = text
    .trim()
    .split(/\s*[,\n]\s*/)
    .filter((entry) => entry !== '');
  return new Map(entries.map((entry) => entry.split(/:\s*/) as [string, string]));
}

export const OPENAI_FAULTS: MemberFaults = {
  unknown: (path) => new StrictError(400, `Unknown parameter: '${path}'.`, path, 'unknown_parameter'),
  missing: (path) =>
    new StrictError(400, `Missing required parameter: '${path}'.`, path, 'missing_required_parameter'),
  type: (path, expected) =>
    new StrictError(400, `Invalid type for '${path}': expected ${expected}.`, path, 'invalid_type'),
  join: (path, key) => (typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
};

export const ANTHROPIC_FAULTS: MemberFaults = {
  unknown: (path) => new StrictError(400, `${path}: Extra inputs are not permitted`),
  missing: (path) => new StrictError(400, `${path}: Field required`),
  type: (path, expected) => new StrictError(400, `${path}: Input should be a valid ${expected}`),
  join: (path, key) => (path === '' ? String(key) : `${path}.${key}`),
};

/** Throws unless a value is an object with these members only. Null counts as absent. */
export function checkMembers(value: unknown, path: string, table: Members, faults: MemberFaults): void {
  if (!isObject(value)) throw faults.type(path, 'object');
  for (const key of Object.keys(value)) {
    const expected = table.get(key)?.replace('!', '');
    if (expected === undefined) throw faults.unknown(faults.join(path, key));
    if (value[key] !== null && !hasType(value[key], expected))
      throw faults.type(faults.join(path, key), expected);
  }
  for (const [key, expected] of table)
    if (expected.endsWith('!') && (value[key] ?? null) === null) throw faults.missing(faults.join(path, key));
}

/** Throws unless a number lies within its bounds. Absent and null pass. */
export function checkRange(value: Json, path: string, min: number, max: number): void {
  if (typeof value !== 'number' || (value >= min && value <= max)) return;
  const bound = value < min ? `>= ${min}` : `<= ${max}`;
  throw new StrictError(
    400,
    `Invalid '${path}': expected a value ${bound}, but got ${value} instead.`,
    path,
    'integer_out_of_range',
  );
}

function hasType(value: Json, expected: string): boolean {
  return expected.split('|').some((type) => {
    if (type === 'any') return true;
    if (type === 'array') return Array.isArray(value);
    if (type === 'object') return isObject(value);
    return type === 'integer' ? Number.isInteger(value) : typeof value === type;
  });
}

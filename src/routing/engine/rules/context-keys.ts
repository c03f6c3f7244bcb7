import { splitKey } from './rule-key';

/** Beyond so many combinations of array elements, rules are tested one by one instead of looked up. */
const MAX_COMBINATIONS = 64;

/**
 * The keys that a context has under a pathSet: one, or several where it holds arrays, for an equality with a scalar
 * also holds for an array that contains it. Null where a path is missing: no rule of the pathSet can hold.
 */
export type ContextKeys = string | KeyCombinations | null;

export function includesKey(keys: ContextKeys, key: string): boolean {
  return keys !== null && (typeof keys === 'string' ? keys === key : keys.has(key));
}

/** One set of parts for each path; a key is among them if each of its parts is in the set of its place. */
export class KeyCombinations {
  constructor(private readonly partsByPath: readonly ReadonlySet<string>[]) {}

  /** Every key, or null where they are too many. */
  list(): readonly string[] | null {
    const count = this.partsByPath.reduce((product, { size }) => product * size, 1);
    if (count > MAX_COMBINATIONS) return null;
    return this.partsByPath.reduce<string[]>(
      (keys, parts) => keys.flatMap((key) => [...parts].map((part) => key + part)),
      [''],
    );
  }

  has(key: string): boolean {
    return splitKey(key).every((part, place) => this.partsByPath[place]!.has(part));
  }
}

import { splitKey } from './rule-key';

/** With more combinations of array elements, each key of the index is compared instead of looked up. */
const MAX_COMBINATIONS = 64;

/**
 * The keys of a context for a path set. There are several if the context has arrays, because an equality also matches an
 * array that contains the scalar. Null if a path is missing, because no rule of the path set can match.
 */
export type ContextKeys = string | KeyCombinations | null;

export function includesKey(keys: ContextKeys, key: string): boolean {
  return keys !== null && (typeof keys === 'string' ? keys === key : keys.has(key));
}

/** Every combination of one part per path. */
export class KeyCombinations {
  constructor(private readonly partsByPath: readonly ReadonlySet<string>[]) {}

  /** Lists every key, or returns null if there are too many. */
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

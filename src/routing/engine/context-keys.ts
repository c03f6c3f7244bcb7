import { equalityKeys, isScalar, valueAt } from '../../rules/context-value';
import { type RuleContext } from '../../rules/rule';
import { keyPart, partsOf } from './rule-key';
import { type Signature } from './rule-shape';

/** Beyond so many combinations of array elements, rules are tested one by one instead of looked up. */
const MAX_COMBINATIONS = 64;

/**
 * The keys that a context has under a signature: one, or several where it holds arrays, for an equality with a scalar
 * also holds for an array that contains it. Null where a path is missing: no rule of the signature can hold.
 */
export type ContextKeys = string | SeveralKeys | null;

export function contextKeys(signature: Signature, context: RuleContext): ContextKeys {
  let key = '';
  for (const path of signature.paths) {
    const value = valueAt(context, path);
    if (Array.isArray(value)) return severalKeys(signature, context);
    if (!isScalar(value)) return null;
    key += keyPart(value);
  }
  return key;
}

export function includesKey(keys: ContextKeys, key: string): boolean {
  return keys !== null && (typeof keys === 'string' ? keys === key : keys.has(key));
}

/** One set of parts for each path; a key is among them if each of its parts is in the set of its place. */
export class SeveralKeys {
  constructor(private readonly choices: readonly ReadonlySet<string>[]) {}

  /** Every key, or null where they are too many. */
  all(): readonly string[] | null {
    const count = this.choices.reduce((product, { size }) => product * size, 1);
    if (count > MAX_COMBINATIONS) return null;
    return this.choices.reduce<string[]>(
      (keys, parts) => keys.flatMap((key) => [...parts].map((part) => key + part)),
      [''],
    );
  }

  has(key: string): boolean {
    return partsOf(key).every((part, place) => this.choices[place]!.has(part));
  }
}

function severalKeys(signature: Signature, context: RuleContext): SeveralKeys | null {
  const choices: Set<string>[] = [];
  for (const path of signature.paths) {
    const scalars = equalityKeys(valueAt(context, path));
    if (scalars.length === 0) return null;
    choices.push(new Set(scalars.map(keyPart)));
  }
  return new SeveralKeys(choices);
}

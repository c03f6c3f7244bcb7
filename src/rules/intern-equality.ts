import { type Equality, type Scalar } from './rule';

/** Many rules compare few paths with few values, so a limited cache is enough. */
const MAX_SHARED = 10_000;
const MAX_SHARED_LENGTH = 64;

const interned = new Map<string, Map<Scalar, Equality>>();
let size = 0;

/** Returns one shared object for equal equalities, to save memory. */
export function internEquality(path: string, value: Scalar): Equality {
  if (typeof value === 'string' && value.length > MAX_SHARED_LENGTH) return { path, value };
  const known = interned.get(path)?.get(value);
  if (known !== undefined) return known;

  if (size >= MAX_SHARED) {
    interned.clear();
    size = 0;
  }
  const equality: Equality = { path, value };
  const ofPath = interned.get(path);
  if (ofPath === undefined) interned.set(path, new Map([[value, equality]]));
  else ofPath.set(value, equality);
  size++;
  return equality;
}

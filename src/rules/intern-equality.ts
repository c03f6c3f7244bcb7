import { type Equality, type Scalar } from './rule';

/** Many rules compare few paths with few values, so a cache with limited memory is enough. */
const MAX_SHARED_BYTES = 4 * 1024 * 1024;
const BYTES_PER_EQUALITY = 200;
const MAX_SHARED_LENGTH = 64;

const interned = new Map<string, Map<Scalar, Equality>>();
let sharedBytes = 0;

/** Returns one shared object for equal equalities, to save memory. */
export function internEquality(path: string, value: Scalar): Equality {
  if (typeof value === 'string' && value.length > MAX_SHARED_LENGTH) return { path, value };
  const known = interned.get(path)?.get(value);
  if (known !== undefined) return known;

  const bytes = BYTES_PER_EQUALITY + 2 * (path.length + (typeof value === 'string' ? value.length : 0));
  if (sharedBytes + bytes > MAX_SHARED_BYTES) {
    interned.clear();
    sharedBytes = 0;
  }
  const equality: Equality = { path, value };
  const ofPath = interned.get(path);
  if (ofPath === undefined) interned.set(path, new Map([[value, equality]]));
  else ofPath.set(value, equality);
  sharedBytes += bytes;
  return equality;
}

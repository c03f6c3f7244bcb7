import { type Equality, type Scalar } from './rule';

/** Of rules in great number most compare few paths with few values. */
const MAX_SHARED = 10_000;
const MAX_SHARED_LENGTH = 64;

const shared = new Map<string, Map<Scalar, Equality>>();
let size = 0;

/** One object for all the rules that ask for the same, as far as memory for finding them goes. */
export function internEquality(path: string, value: Scalar): Equality {
  if (typeof value === 'string' && value.length > MAX_SHARED_LENGTH) return { path, value };
  const known = shared.get(path)?.get(value);
  if (known !== undefined) return known;

  if (size >= MAX_SHARED) {
    shared.clear();
    size = 0;
  }
  const equality: Equality = { path, value };
  const ofPath = shared.get(path);
  if (ofPath === undefined) shared.set(path, new Map([[value, equality]]));
  else ofPath.set(value, equality);
  size++;
  return equality;
}

import { jsonPointer } from '../common/json-pointer';

const MAX_PATH_LENGTH = 200;
const MAX_PATH_SEGMENTS = 16;

/** Returns what is wrong with a dotted path, or null. */
export function pathProblem(path: string): string | null {
  const segments = path.split('.');
  if (path.length > MAX_PATH_LENGTH || segments.length > MAX_PATH_SEGMENTS) {
    return `Must be a path of at most ${MAX_PATH_LENGTH} characters and ${MAX_PATH_SEGMENTS} segments.`;
  }
  if (segments.includes('')) return 'Must be a path without empty segments, such as "user.tier".';
  if (segments.some((segment) => segment.startsWith('$'))) {
    return 'Must be a path without operators. Put an operator in an object below the path: {"age": {"$gt": 5}}.';
  }
  return null;
}

/** Converts a dotted path to a JSON pointer. */
export function pointerOfPath(path: string): string {
  return jsonPointer('', ...path.split('.'));
}

import { isJsonObject, type JsonObject } from '../../common/json-object';
import { jsonAt } from '../json/read-value';
import { scanObject } from '../json/scan-object';

const OPEN_BRACE = Buffer.from('{');
const KEY = '"usage"';
/** Occurrences of the key that are tried. A text may contain more. */
const MAX_TRIES = 8;

/**
 * Finds the usage in the last bytes of a JSON object, which is too long to be kept. The bytes from the right key on, behind
 * a brace, are an object again; those from a key in a nested object are not. Returns null if there is none.
 */
export function findTailUsage(tail: Buffer): JsonObject | null {
  let at = tail.length;
  for (let tries = 0; tries < MAX_TRIES && at > 0; tries++) {
    at = tail.lastIndexOf(KEY, at - 1);
    if (at === -1) return null;
    const object = Buffer.concat([OPEN_BRACE, tail.subarray(at)]);
    const members = scanObject(object, 0, object.length);
    if (!Array.isArray(members)) continue;
    const usage = jsonAt(object, { start: members[0]!.valueStart, end: members[0]!.valueEnd });
    return isJsonObject(usage) ? usage : null;
  }
  return null;
}

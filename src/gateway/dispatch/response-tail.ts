import { isJsonObject, type JsonObject } from '../../common/json-object';
import { jsonAt } from '../json/read-value';
import { scanObject } from '../json/scan-object';

const OPEN_BRACE = Buffer.from('{');
const KEY = '"usage"';
/** The most occurrences of the key that are tried. A text may contain more. */
const MAX_TRIES = 8;

/**
 * Finds the usage in the last bytes of a JSON object that is too long to be kept. Tries each `"usage"` from the end. With a
 * brace in front, the rest of the bytes is a whole object only if the key belongs to the top level. Returns null if there
 * is no usage.
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

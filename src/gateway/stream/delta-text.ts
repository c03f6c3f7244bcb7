import { endOfString } from '../json/end-of-string';
import { memberOf } from '../json/find-value';
import { hasBytes } from '../json/has-bytes';

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

const DELTA_KEY = '"delta":';

/** Counts the bytes of the text in the `delta` of events. Each stream counts all its events with one object. */
export class DeltaText {
  /** Where the value began in the last event, from its start. Consecutive events usually agree. */
  private offset = -1;

  /** Returns the bytes of the text, which is `delta` itself or a member of it; 0 if there is none. */
  bytesIn(bytes: Buffer, start: number, end: number): number {
    const value = this.find(bytes, start, end);
    if (value === -1) return 0;
    if (bytes[value] === QUOTE) return Math.max(0, endOfString(bytes, value, end) - value - 2);
    return bytes[value] === OPEN_BRACE ? textBytesOf(bytes, value, end) : 0;
  }

  private find(bytes: Buffer, start: number, end: number): number {
    const value = start + this.offset;
    const isSame =
      this.offset !== -1 && value < end && hasBytes(bytes, value - DELTA_KEY.length, value, DELTA_KEY);
    if (isSame) return value;
    const found = memberOf(bytes, start, end, 'delta');
    if (found === null) return -1;
    this.offset = found.start - start;
    return found.start;
  }
}

/** Sums the texts of an object's own members, except its type and the signature of thinking. */
function textBytesOf(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  let isText = false;
  let sum = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const after = endOfString(bytes, at, end);
      if (after === -1) break;
      if (bytes[after] === COLON) isText = !isLabel(bytes, at + 1, after - 1);
      else if (isText && depth === 1) sum += after - at - 2;
      at = after - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) break;
    }
  }
  return sum;
}

function isLabel(bytes: Buffer, start: number, end: number): boolean {
  return hasBytes(bytes, start, end, 'type') || hasBytes(bytes, start, end, 'signature');
}

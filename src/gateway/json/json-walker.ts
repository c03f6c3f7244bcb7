import { endOfString } from './end-of-string';
import { isScalar } from './is-scalar';
import { JsonProblem } from './json-problem';

/** Nested objects and arrays, the outermost included. */
const MAX_DEPTH = 128;

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

const ENDLESS_STRING = 'the string that starts here does not end';

/** What a byte outside a string means. */
const PLAIN = 0;
const OPENING = 1;
const CLOSING = 2;
const FORBIDDEN = 3;

/**
 * The classes of all bytes. Numbers, literals and separators are plain, because the receiver checks the grammar below the
 * top level. All other bytes are forbidden: a comment or a single-quoted text could hide a quote from this walk, but not
 * from a lenient parser.
 */
const CLASSES = new Uint8Array(256).fill(FORBIDDEN);
for (const byte of Buffer.from(' \t\r\n,:+-.0123456789')) CLASSES[byte] = PLAIN;
for (let letter = 0x41; letter <= 0x5a; letter++) {
  CLASSES[letter] = PLAIN;
  CLASSES[letter | 0x20] = PLAIN;
}
for (const byte of Buffer.from('{[')) CLASSES[byte] = OPENING;
for (const byte of Buffer.from('}]')) CLASSES[byte] = CLOSING;

/** The opening brackets around the current byte. Every walk is synchronous, so all walks share it. */
const opened = new Uint8Array(MAX_DEPTH);

/** Receives every string below the members of the walked object, keys included. The span includes the quotes. */
export interface StringListener {
  onString(start: number, end: number): void;
}

/**
 * Skips JSON values in a buffer without building them, in time linear in their length. Every method returns the offset
 * after what it skips, or -1 after it has set `problem`.
 */
export class JsonWalker {
  problem: JsonProblem | null = null;

  constructor(
    protected readonly bytes: Buffer,
    protected readonly end: number,
    private readonly listener: StringListener | null = null,
  ) {}

  protected skipSpace(start: number): number {
    const { bytes, end } = this;
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    }
    return at;
  }

  /** Skips a value of an object whose depth is 1. Checks scalars, but not the grammar inside objects and arrays. */
  protected skipValue(start: number): number {
    const first = this.bytes[start];
    if (first === QUOTE) return this.skipString(start);
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return this.skipContainer(start);
    return this.skipScalar(start);
  }

  /** Skips a string from its opening quote. */
  protected skipString(start: number): number {
    const after = endOfString(this.bytes, start, this.end);
    return after === -1 ? this.fail(start, ENDLESS_STRING) : after;
  }

  protected isAt(at: number, byte: number): boolean {
    return at < this.end && this.bytes[at] === byte;
  }

  /** Reports a problem. Always returns false. */
  protected stop(offset: number, detail: string): false {
    this.problem = new JsonProblem(offset, detail);
    return false;
  }

  /** Reports a problem. Always returns -1. */
  private fail(offset: number, detail: string): -1 {
    this.stop(offset, detail);
    return -1;
  }

  private skipContainer(start: number): number {
    const { bytes, end, listener } = this;
    let depth = 1;
    let at = start;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        const after = endOfString(bytes, at, end);
        if (after === -1) return this.fail(at, ENDLESS_STRING);
        listener?.onString(at, after);
        at = after;
        continue;
      }
      switch (CLASSES[byte]) {
        case PLAIN:
          at++;
          break;
        case OPENING:
          if (depth === MAX_DEPTH) return this.fail(at, `it nests deeper than ${MAX_DEPTH} levels`);
          opened[depth++] = byte;
          at++;
          break;
        case CLOSING:
          // In ASCII, a closing brace or bracket is its opening one plus 2.
          if (opened[--depth]! + 2 !== byte) return this.fail(at, 'this bracket closes one of another kind');
          at++;
          if (depth === 1) return at;
          break;
        default:
          return this.fail(at, 'this byte is not allowed outside a string');
      }
    }
    return this.fail(start, 'the object or array that starts here does not end');
  }

  private skipScalar(start: number): number {
    const { bytes, end } = this;
    let at = start;
    while (at < end && CLASSES[bytes[at]!] === PLAIN && !isSeparator(bytes[at]!)) at++;
    return isScalar(bytes, start, at) ? at : this.fail(start, 'expected a value');
  }
}

function isSeparator(byte: number): boolean {
  return byte === 0x2c || byte === 0x3a || byte <= 0x20;
}

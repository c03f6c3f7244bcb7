import { hasBytes } from './has-bytes';
import { JsonProblem } from './json-problem';

/** Nested objects and arrays, the outermost included. */
export const MAX_DEPTH = 128;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** Bytes of a string that are read one by one before `indexOf`, whose call costs as much as about 20 bytes. */
const SHORT_STRING = 20;

/** What a byte outside a string means. */
const PLAIN = 0;
const STRING = 1;
const OPENING = 2;
const CLOSING = 3;
const FORBIDDEN = 4;

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
CLASSES[QUOTE] = STRING;
for (const byte of Buffer.from('{[')) CLASSES[byte] = OPENING;
for (const byte of Buffer.from('}]')) CLASSES[byte] = CLOSING;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Bytes of the longest number. Longer texts would exhaust the stack of the regular expression. */
const MAX_NUMBER_LENGTH = 1024;

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
    const { bytes, end } = this;
    let at = start + 1;
    for (;;) {
      const readUntil = Math.min(at + SHORT_STRING, end);
      while (at < readUntil) {
        const byte = bytes[at];
        if (byte === QUOTE) return at + 1;
        at += byte === BACKSLASH ? 2 : 1;
      }
      const quote = at < end ? bytes.indexOf(QUOTE, at) : -1;
      if (quote === -1 || quote >= end) return this.fail(start, 'the string that starts here does not end');
      if (!this.isEscaped(quote, at)) return quote + 1;
      at = quote + 1;
    }
  }

  /** Reports a problem. Always returns -1. */
  private fail(offset: number, detail: string): -1 {
    this.stop(offset, detail);
    return -1;
  }

  protected isAt(at: number, byte: number): boolean {
    return at < this.end && this.bytes[at] === byte;
  }

  /** Reports a problem. Always returns false. */
  protected stop(offset: number, detail: string): false {
    this.problem = new JsonProblem(offset, detail);
    return false;
  }

  /** Whether an odd number of backslashes precedes a byte. Counts back to `from`, which is not escaped itself. */
  private isEscaped(at: number, from: number): boolean {
    let first = at;
    while (first > from && this.bytes[first - 1] === BACKSLASH) first--;
    return (at - first) % 2 === 1;
  }

  private skipContainer(start: number): number {
    const { bytes, end, listener } = this;
    let depth = 1;
    let at = start;
    while (at < end) {
      const byte = bytes[at]!;
      switch (CLASSES[byte]) {
        case PLAIN:
          at++;
          break;
        case STRING: {
          const after = this.skipString(at);
          if (after === -1) return -1;
          listener?.onString(at, after);
          at = after;
          break;
        }
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

function isScalar(bytes: Buffer, start: number, end: number): boolean {
  switch (bytes[start]) {
    case 0x74:
      return hasBytes(bytes, start, end, 'true');
    case 0x66:
      return hasBytes(bytes, start, end, 'false');
    case 0x6e:
      return hasBytes(bytes, start, end, 'null');
    default:
      return end - start <= MAX_NUMBER_LENGTH && NUMBER.test(bytes.toString('latin1', start, end));
  }
}

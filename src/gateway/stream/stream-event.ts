import { memberOf } from '../json/find-value';
import { hasBytes } from '../json/has-bytes';
import { keyText } from '../json/key-text';
import { stringAt } from '../json/read-value';
import type { Span } from '../json/span';
import { EventLines } from './event-lines';

const LF = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
const NO_LINES = new EventLines(Buffer.alloc(0));

/** First bytes of a JSON value and of an HTML page. No line of an event stream begins so. */
const FOREIGN_BYTES = Buffer.from('{[<');

/**
 * One event of a stream, by its offsets in a buffer (WHATWG HTML, 9.2.6). Each stream reads all its events with one object.
 */
export class StreamEvent {
  /** The buffer that contains the name. */
  bytes = NO_LINES.bytes;
  nameStart = 0;
  /** Equals `nameStart` if the event has no name. */
  nameEnd = 0;
  /** The buffer that contains the data: `bytes`, or the joined lines if there are several. */
  data = this.bytes;
  dataStart = 0;
  dataEnd = 0;
  dataLines = 0;
  /** The offset of a line that begins like JSON or HTML, or -1. */
  foreignStart = -1;
  /** Whether any line of the stream had an unknown field. */
  hasUnknownField = false;
  /** A part of the data to replace, or -1. */
  replacedStart = -1;
  replacedEnd = -1;

  private lines = NO_LINES;

  /** Sets the buffer that `read` reads. */
  enter(bytes: Buffer): void {
    this.bytes = bytes;
    this.lines = new EventLines(bytes);
  }

  /** Reads the event at an offset. Returns the offset after its blank line, or -1 if the buffer does not end it. */
  read(start: number): number {
    const { lines } = this;
    this.nameStart = this.nameEnd = 0;
    this.dataLines = 0;
    this.foreignStart = this.replacedStart = -1;
    let at = start;
    for (;;) {
      const end = lines.endOf(at);
      if (end === -1) return -1;
      const next = lines.after(end);
      if (end === at) {
        if (this.dataLines > 1) this.joinData(start, end);
        return next;
      }
      this.readLine(at, end);
      at = next;
    }
  }

  /** Returns the name, or an empty text. */
  name(): string {
    const { bytes, nameStart, nameEnd } = this;
    return nameStart === nameEnd ? '' : keyText(bytes, nameStart, nameEnd);
  }

  /** Returns the name, else the `type` of the data, else null. */
  type(): string | null {
    const name = this.name();
    if (name !== '' && name !== 'message') return name;
    const { data, dataStart, dataEnd } = this;
    const type = memberOf(data, dataStart, dataEnd, 'type');
    return type && stringAt(data, type);
  }

  /** Marks a part of the data to be replaced. Joined lines are no part of the stream, so they stay. */
  replace({ start, end }: Span): void {
    if (this.dataLines !== 1) return;
    this.replacedStart = start;
    this.replacedEnd = end;
  }

  private readLine(start: number, end: number): void {
    const { bytes } = this;
    const first = bytes[start]!;
    if (first === 0x64 && isField(bytes, start, end, 'data')) {
      this.dataLines++;
      this.data = bytes;
      this.dataStart = valueOf(bytes, start + 4, end);
      this.dataEnd = end;
    } else if (first === 0x65 && isField(bytes, start, end, 'event')) {
      this.nameStart = valueOf(bytes, start + 5, end);
      this.nameEnd = end;
    } else if (FOREIGN_BYTES.includes(first)) {
      if (this.foreignStart === -1) this.foreignStart = start;
    } else if (first !== COLON && !isField(bytes, start, end, 'id') && !isField(bytes, start, end, 'retry')) {
      this.hasUnknownField = true;
    }
  }

  /** Joins the values of all `data` lines with `\n`. */
  private joinData(start: number, end: number): void {
    const { bytes } = this;
    const lines = new EventLines(bytes);
    const joined = Buffer.allocUnsafe(end - start);
    let length = 0;
    for (let at = start; at < end; at = lines.after(lines.endOf(at))) {
      const lineEnd = lines.endOf(at);
      if (!isField(bytes, at, lineEnd, 'data')) continue;
      length += bytes.copy(joined, length, valueOf(bytes, at + 4, lineEnd), lineEnd);
      joined[length++] = LF;
    }
    this.data = joined.subarray(0, length - 1);
    this.dataStart = 0;
    this.dataEnd = this.data.length;
  }
}

function isField(bytes: Buffer, start: number, end: number, name: string): boolean {
  const nameEnd = start + name.length;
  return (
    hasBytes(bytes, start, Math.min(nameEnd, end), name) && (nameEnd === end || bytes[nameEnd] === COLON)
  );
}

/** Returns where the value of a field begins: after its colon and one space. */
function valueOf(bytes: Buffer, colon: number, end: number): number {
  const start = bytes[colon + 1] === SPACE ? colon + 2 : colon + 1;
  return Math.min(start, end);
}

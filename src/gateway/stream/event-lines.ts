const LF = 0x0a;
const CR = 0x0d;

/** Stands for no further line end. A small integer, because engines store others as objects. */
const NONE = 0x3fffffff;

/** The line ends of a buffer: `\n`, `\r\n` or `\r` (WHATWG HTML, 9.2.6). Each byte is searched at most twice. */
export class EventLines {
  private nextLf = -1;
  private nextCr = -1;

  constructor(readonly bytes: Buffer) {}

  /** Returns the offset of the end of the line that contains `at`, or -1. Offsets must not decrease. */
  endOf(at: number): number {
    if (this.nextLf < at) this.nextLf = find(this.bytes, LF, at);
    if (this.nextCr < at) this.nextCr = find(this.bytes, CR, at);
    const end = this.nextLf < this.nextCr ? this.nextLf : this.nextCr;
    return end === NONE ? -1 : end;
  }

  /** Returns the offset of the line after a line end. */
  after(end: number): number {
    return this.bytes[end] === CR && this.bytes[end + 1] === LF ? end + 2 : end + 1;
  }
}

/**
 * Returns the offset after the blank line that ends an event whose first part is in earlier chunks, or -1 if the chunk
 * does not end it.
 *
 * @param lastByte the last byte of the earlier chunks
 */
export function endOfStartedEvent(chunk: Buffer, lastByte: number): number {
  const lines = new EventLines(chunk);
  let at = lastByte === CR && chunk[0] === LF ? 1 : 0;
  let isLineStart = lastByte === CR || lastByte === LF;
  for (;;) {
    const end = lines.endOf(at);
    if (end === -1) return -1;
    const isBlank = end === at && isLineStart;
    at = lines.after(end);
    if (isBlank) return at;
    isLineStart = true;
  }
}

function find(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found === -1 ? NONE : found;
}

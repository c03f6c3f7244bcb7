/** A part of a buffer: a JSON value without white space around it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The value of a member or an element. */
export function valueSpan({ valueStart, valueEnd }: ValueOffsets): Span {
  return { start: valueStart, end: valueEnd };
}

/** A buffer that is one JSON value. */
export function wholeSpan(bytes: Buffer): Span {
  return { start: 0, end: bytes.length };
}

interface ValueOffsets {
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** A part of a buffer: a JSON value without white space around it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

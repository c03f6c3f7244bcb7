/** Why bytes are not the JSON that was expected. */
export class JsonProblem {
  constructor(
    /** The offset of the first wrong byte, from the start of the buffer. */
    readonly offset: number,
    /** What is wrong and what is expected, such as `expected ":" after the key`. */
    readonly detail: string,
  ) {}
}

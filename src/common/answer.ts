/** An answer of which more is known than its body. */
export class Answer {
  constructor(
    /** A buffer is JSON in UTF-8 that goes out as it is. */
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
    /** The strong validator of the body, where it is known already. */
    readonly etag: string | null = null,
  ) {}
}

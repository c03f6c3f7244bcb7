/** JSON that is written already. */
export class SerializedJson {
  constructor(readonly text: string) {}
}

/** An answer of which more is known than its body. */
export class HttpResponse {
  constructor(
    /** A `JsonText` goes out as it is, and so does a buffer, which is JSON in UTF-8. */
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
    /** The strong validator of the body, where it is known already. */
    readonly etag: string | null = null,
  ) {}
}

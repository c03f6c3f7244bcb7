import type { EncodedJson } from './json-writer';

/** A body that is already serialized as JSON. */
export class SerializedJson {
  constructor(readonly text: string) {}
}

/** A response with headers or a known ETag. */
export class HttpResponse {
  constructor(
    /** A {@link SerializedJson} or a buffer of JSON in UTF-8 is sent unchanged. */
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
    /** The strong validator of the body, or null to compute it. */
    readonly etag: string | null = null,
    /** The cursor of the next page, or null. */
    readonly nextCursor: string | null = null,
  ) {}

  /** Creates a response from JSON that is already encoded. */
  static of(
    { body, etag }: EncodedJson,
    headers: Readonly<Record<string, string>> = {},
    nextCursor: string | null = null,
  ): HttpResponse {
    return new HttpResponse(body, headers, etag, nextCursor);
  }
}

import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../dialect/gateway-error';
import { elementOf } from '../json/find-value';
import { JsonProblem } from '../json/json-problem';
import { booleanAt, jsonAt, numberAt, stringAt } from '../json/read-value';
import { type Member, scanObject } from '../json/scan-object';
import { type Span, valueSpan } from '../json/span';
import { ContentTally } from './content-tally';
import { indexByName, unescapeNames } from './member-names';
import { type BodyEdits, spliceMembers } from './splice-members';

const FIRST_OF_NULL = 0x6e;
/** Bytes of text that make about one token. */
export const BYTES_PER_TOKEN = 3.5;
const TOKENS_PER_IMAGE = 1600;
const TOKENS_PER_PAGE = 2500;

export interface BodyEstimate {
  readonly inputTokens: number;
  /** Bytes of the body without pictures and documents in base64. */
  readonly textBytes: number;
  readonly images: number;
  readonly pdfPages: number;
}

/**
 * The body of a call: bytes with the spans of their top-level members. Only the members that are read are parsed. Values
 * below the top level are not validated, because the upstream does that.
 */
export class RequestBody {
  private constructor(
    /** As the caller sent them, but top-level names have no needless escapes. */
    readonly bytes: Buffer,
    private readonly members: ReadonlyMap<string, Member>,
    /** The pictures and documents in the body. */
    readonly content: ContentTally,
  ) {}

  /**
   * Scans the bytes of a body, which must not change later.
   *
   * @throws GatewayError `invalid_body` unless the bytes are one JSON object that every parser reads alike
   */
  static parse(bytes: Buffer): RequestBody {
    assertText(bytes);
    const content = new ContentTally(bytes);
    const members = scanObject(bytes, 0, bytes.length, content);
    if (members instanceof JsonProblem) throw invalid(members);
    const byName = indexByName(bytes, members);
    const unescaped = unescapeNames(bytes, members);
    return unescaped === null ? new RequestBody(bytes, byName, content) : RequestBody.parse(unescaped);
  }

  has(key: string): boolean {
    return this.members.has(key);
  }

  /** Returns null if the member is absent or not a string. */
  string(key: string): string | null {
    const span = this.spanOf(key);
    return span === null ? null : stringAt(this.bytes, span);
  }

  /** Returns null if the member is absent or not a number. */
  number(key: string): number | null {
    const span = this.spanOf(key);
    return span === null ? null : numberAt(this.bytes, span);
  }

  /** Returns null if the member is absent or not a boolean. */
  boolean(key: string): boolean | null {
    const span = this.spanOf(key);
    return span === null ? null : booleanAt(this.bytes, span);
  }

  /** Whether the member is present with a value other than null. */
  hasValue(key: string): boolean {
    const member = this.members.get(key);
    return member !== undefined && this.bytes[member.valueStart] !== FIRST_OF_NULL;
  }

  /** Whether the member is an array with at least one element. */
  hasElements(key: string): boolean {
    const span = this.spanOf(key);
    return span !== null && elementOf(this.bytes, span.start, span.end, 0) !== null;
  }

  /** Parses a member. Returns undefined if it is absent, longer than 1 MiB or invalid. */
  json(key: string): unknown {
    const span = this.spanOf(key);
    return span === null ? undefined : jsonAt(this.bytes, span);
  }

  /** Returns the JSON of a member without a copy, or null if it is absent. */
  memberBytes(key: string): Buffer | null {
    const span = this.spanOf(key);
    return span === null ? null : this.bytes.subarray(span.start, span.end);
  }

  /** Estimates the input tokens. Pictures and documents in base64 count by themselves instead of as text. */
  estimate(): BodyEstimate {
    const { blobBytes, imageParts, imageBlobs, pdfPages } = this.content;
    const textBytes = this.bytes.length - blobBytes;
    const images = Math.max(imageParts, imageBlobs);
    const inputTokens =
      Math.ceil(textBytes / BYTES_PER_TOKEN) + TOKENS_PER_IMAGE * images + TOKENS_PER_PAGE * pdfPages;
    return { inputTokens, textBytes, images, pdfPages };
  }

  /** Returns the body with changed members, as pieces to send one after another. */
  splice(edits: BodyEdits): readonly Buffer[] {
    return spliceMembers(this.bytes, this.members, edits);
  }

  private spanOf(key: string): Span | null {
    const member = this.members.get(key);
    return member === undefined ? null : valueSpan(member);
  }
}

function assertText(bytes: Buffer): void {
  if (bytes.length === 0) throw new GatewayError('invalid_body', 'The body is empty. Send a JSON object.');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new GatewayError(
      'invalid_body',
      'The body starts with a byte order mark. Send UTF-8 without the mark.',
    );
  }
  // ASCII in UTF-16 and UTF-32 is valid UTF-8 with NUL bytes. RFC 4627 §3 detects it by its first bytes.
  if (!isUtf8(bytes) || bytes[0] === 0 || bytes[1] === 0) {
    throw new GatewayError('invalid_body', 'The body is not UTF-8. Encode the JSON in UTF-8.');
  }
}

function invalid({ offset, detail }: JsonProblem): GatewayError {
  return new GatewayError(
    'invalid_body',
    `The body is not one valid JSON object: ${detail} (byte ${offset}). Correct the JSON there.`,
  );
}

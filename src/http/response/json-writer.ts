import { createHash, type Hash } from 'node:crypto';
import { etagOfDigest, etagOfText } from './etag';
import { shareBody } from './shared-bodies';

/** Characters that are encoded together. */
const PART_LENGTH = 64 * 1024;

/** JSON in UTF-8, and its strong validator. */
export interface EncodedJson {
  readonly body: Buffer;
  readonly etag: string;
}

/** Encodes JSON piece by piece, so that no step takes long and no text of the whole response exists. */
export class JsonWriter {
  private readonly parts: Buffer[] = [];
  private pending: string[] = [];
  private pendingLength = 0;
  private hash: Hash | null = null;

  write(text: string): void {
    this.pending.push(text);
    this.pendingLength += text.length;
    if (this.pendingLength >= PART_LENGTH) this.encode();
  }

  end(): EncodedJson {
    if (this.hash === null) {
      const body = Buffer.from(this.pending.join(''));
      return { body, etag: etagOfText(body) };
    }
    this.encode();
    const digest = this.hash.digest('base64url');
    return { body: shareBody(digest, Buffer.concat(this.parts)), etag: etagOfDigest(digest) };
  }

  private encode(): void {
    const part = Buffer.from(this.pending.join(''));
    this.hash ??= createHash('sha256');
    this.hash.update(part);
    this.parts.push(part);
    this.pending = [];
    this.pendingLength = 0;
  }
}

/** Encodes a JSON array, item by item. */
export class JsonArrayWriter {
  private readonly writer = new JsonWriter();
  private hasItems = false;

  constructor() {
    this.writer.write('[');
  }

  /** Adds an item, whose JSON may come in pieces. */
  add(...pieces: readonly string[]): void {
    if (this.hasItems) this.writer.write(',');
    this.hasItems = true;
    for (const piece of pieces) this.writer.write(piece);
  }

  end(): EncodedJson {
    this.writer.write(']');
    return this.writer.end();
  }
}

/** The bytes of a text that is sent in pieces. */
export function byteLengthOf(pieces: readonly string[]): number {
  return pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
}

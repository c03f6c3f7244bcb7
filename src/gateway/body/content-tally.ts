import { hasBytes } from '../json/has-bytes';
import { type StringListener } from '../json/json-walker';
import { findBase64Blob } from './base64-blob';

const QUOTE = 0x22;
const COLON = 0x3a;
const SPACE = 0x20;

/** Bytes of the shortest string that is counted as a picture or a document instead of text. */
const MIN_BLOB_BYTES = 4096;
const BLOB_KEYS = ['data', 'file_data', 'url', 'image_url'];

/** Decoded bytes of a PDF that count as one page. */
const BYTES_PER_PAGE = 50_000;

type Part = 'image' | 'document' | 'file';

/** The values of `type` that mark pictures and documents in the three protocols. */
const PARTS: readonly (readonly [type: string, part: Part])[] = [
  ['file', 'file'],
  ['image', 'image'],
  ['document', 'document'],
  ['image_url', 'image'],
  ['input_file', 'document'],
  ['input_image', 'image'],
];
/** Those values by their length, which is different for each. */
const PART_OF_LENGTH = Array.from(
  { length: 12 },
  (_, length) => PARTS.find(([type]) => type.length === length) ?? null,
);

/** Counts the pictures and documents in a body while it is scanned. Searching for them later would take longer. */
export class ContentTally implements StringListener {
  /** Parts of type `image`, `image_url` or `input_image`. */
  imageParts = 0;
  /** Parts of type `document` or `input_file`. */
  documentParts = 0;
  /** Objects of type `file`: documents in chat completions, but any stored file in messages. */
  files = 0;
  /** Base64 texts that are not PDFs. */
  imageBlobs = 0;
  /** Pages of PDFs in base64, estimated from their size. */
  pdfPages = 0;
  /** Bytes of all base64 texts. */
  blobBytes = 0;

  constructor(private readonly bytes: Buffer) {}

  onString(start: number, end: number): void {
    const length = end - start - 2;
    if (length >= MIN_BLOB_BYTES) {
      this.addBlob(start, end);
      return;
    }
    if (length >= PART_OF_LENGTH.length) return;
    const known = PART_OF_LENGTH[length]!;
    if (known !== null && hasBytes(this.bytes, start + 1, end - 1, known[0])) this.addPart(known[1], start);
  }

  private addPart(part: Part, start: number): void {
    if (!this.isValueOf('type', start)) return;
    if (part === 'image') this.imageParts++;
    else if (part === 'document') this.documentParts++;
    else this.files++;
  }

  private addBlob(start: number, end: number): void {
    if (!BLOB_KEYS.some((key) => this.isValueOf(key, start))) return;
    const blob = findBase64Blob(this.bytes, start + 1, end - 1);
    if (blob === null) return;
    this.blobBytes += end - start - 2;
    if (blob.isPdf) this.pdfPages += Math.ceil(blob.decodedBytes / BYTES_PER_PAGE);
    else this.imageBlobs++;
  }

  /** Whether the string at `start` is the value of a member with this key. */
  private isValueOf(key: string, start: number): boolean {
    const colon = this.skipSpaceBack(start);
    if (this.bytes[colon] !== COLON) return false;
    const quote = this.skipSpaceBack(colon);
    const keyStart = quote - key.length;
    return (
      this.bytes[quote] === QUOTE &&
      this.bytes[keyStart - 1] === QUOTE &&
      hasBytes(this.bytes, keyStart, quote, key)
    );
  }

  /** Returns the offset of the last byte before `start` that is not white space. */
  private skipSpaceBack(start: number): number {
    let at = start - 1;
    while (this.bytes[at]! <= SPACE) at--;
    return at;
  }
}

/** Characters at the start of a blob that must be base64. Backslashes are of encoders that write `/` as `\/`. */
const SAMPLE = 256;
const BASE64 = /^[A-Za-z0-9+/_=\\-]+$/;

/** The longest `data:` prefix, with its media type and file name. */
const MAX_PREFIX = 512;

/** `%PDF-` in base64. */
const PDF = 'JVBERi0';

/** What a long text is, if it is a file in base64. */
export interface Base64Blob {
  readonly isPdf: boolean;
  readonly decodedBytes: number;
}

/** Recognises base64 with or without a `data:…,` prefix by its first characters. Returns null for other texts. */
export function findBase64Blob(bytes: Buffer, start: number, end: number): Base64Blob | null {
  const head = bytes.toString('latin1', start, Math.min(start + MAX_PREFIX, end));
  const comma = head.startsWith('data:') ? head.indexOf(',') : -1;
  const sample = bytes.toString('latin1', start + comma + 1, Math.min(start + comma + 1 + SAMPLE, end));
  if (!BASE64.test(sample)) return null;
  return { isPdf: sample.startsWith(PDF), decodedBytes: Math.floor(((end - start - comma - 1) * 3) / 4) };
}

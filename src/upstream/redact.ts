import { randomInt } from 'node:crypto';
import { POSSIBLE_CREDENTIALS } from '../advanced-json/credential-values';

/** Length of the shortest piece of a secret to redact. Upstreams may repeat a secret partly masked or wrapped. */
export const PIECE_LENGTH = 8;
const MIN_SECRET_LENGTH = 4;
/** A key that a local server ignores, such as `ollama` or `none`. Its messages use the word. */
const SHORT_WORD = /^[a-z]{1,7}$/i;
/** A version of an API, such as `2024-10-21`, `2023-01-01-preview` or `v1beta1`. */
const VERSION = /^(v\d+([a-z]+\d*)?|\d{4}-\d{2}-\d{2}(-[a-z]+)?|\d{1,3}(\.\d{1,3}){1,2})$/i;
/** The start of a header value that is a URL. Messages often contain other URLs. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const MARK = '[redacted]';
/** How often a URL may be percent-encoded. */
const MAX_ENCODINGS = 3;

/**
 * Removes secrets from text that an upstream wrote. Finds each secret in plain text, URL encoding, hex and base64 at
 * every alignment, whole or in part, and anything that looks like another credential. Keeps short words, versions and the
 * scheme of a URL, which messages contain anyway. Takes time proportional to the length of the text and of the secrets.
 */
export function redact(text: string, secrets: readonly string[]): string {
  return redactCredentials(maskPieces(text, listSecretSpellings(secrets)));
}

/** Removes what looks like a credential, whatever the secrets are. */
export function redactCredentials(text: string): string {
  return text.replace(POSSIBLE_CREDENTIALS, MARK);
}

/** Returns every spelling of the secrets that `redact` finds, in lower case. */
export function listSecretSpellings(secrets: readonly string[]): string[] {
  return secrets
    .filter((secret) => !SHORT_WORD.test(secret) && !VERSION.test(secret))
    .map((secret) => secret.replace(SCHEME, ''))
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap(listSpellings);
}

/**
 * Removes secrets from the origin and path of a URL, whose characters may be percent-encoded, even more than once. Returns a
 * URL without secrets unchanged.
 */
export function redactUrl({ origin, pathname }: URL, secrets: readonly string[]): string {
  const text = `${origin}${pathname}`;
  let decoded = text;
  let isSecret = false;
  for (let level = 0; level <= MAX_ENCODINGS; level++) {
    const redacted = redact(decoded, secrets);
    isSecret ||= redacted !== decoded;
    decoded = redacted.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
    if (decoded === redacted) break;
  }
  return isSecret ? redact(decoded, secrets) : text;
}

function listSpellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) => Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64'));
  const base64url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), ...base64, ...base64url].map(
    (spelling) => spelling.toLowerCase(),
  );
}

function maskPieces(text: string, spellings: readonly string[]): string {
  const lower = text.toLowerCase();
  const masked = new Uint8Array(text.length);
  for (const size of new Set(spellings.map(pieceLength))) {
    const pieces = new PieceIndex(lower, size);
    for (const spelling of spellings) {
      if (pieceLength(spelling) !== size) continue;
      for (const start of pieces.findIn(spelling)) masked.fill(1, start, start + size);
    }
  }
  let result = '';
  for (let index = 0; index < text.length; index++) {
    if (!masked[index]) result += text[index];
    else if (!masked[index - 1]) result += MARK;
  }
  return result;
}

function pieceLength(spelling: string): number {
  return Math.min(PIECE_LENGTH, spelling.length);
}

/** Faster than `Math.imul` in Jest, whose global object is a proxy. */
const { imul } = Math;
/** Odd and random, so that nobody can create texts whose hashes collide. */
const FACTOR = 2 * randomInt(2 ** 30) + 1;
const HASH_BITS = 16;

/** The pieces of one length of a text. A rolling hash rules most places of a spelling out without a string. */
class PieceIndex {
  private readonly starts = new Map<string, number[]>();
  private readonly hashes = new Uint8Array(2 ** HASH_BITS);
  /** The factor of the character that leaves the hash. */
  private readonly leaving: number;

  constructor(
    text: string,
    private readonly size: number,
  ) {
    this.leaving = Array.from({ length: size }).reduce<number>((power) => imul(power, FACTOR), 1);
    this.roll(text, (start, hash) => {
      const piece = text.slice(start, start + size);
      const starts = this.starts.get(piece);
      if (starts) starts.push(start);
      else this.starts.set(piece, [start]);
      this.hashes[hash] = 1;
    });
  }

  /** Returns where the text has pieces of `spelling`. */
  findIn(spelling: string): number[] {
    const found: number[] = [];
    this.roll(spelling, (start, hash) => {
      if (!this.hashes[hash]) return;
      const piece = spelling.slice(start, start + this.size);
      const starts = this.starts.get(piece);
      if (!starts) return;
      found.push(...starts);
      // Later places of the same piece would find the same starts again.
      this.starts.delete(piece);
    });
    return found;
  }

  private roll(text: string, visit: (start: number, hash: number) => void): void {
    let hash = 0;
    for (let end = 0; end < text.length; end++) {
      hash = (imul(hash, FACTOR) + text.charCodeAt(end)) | 0;
      const start = end - this.size + 1;
      if (start > 0) hash = (hash - imul(this.leaving, text.charCodeAt(start - 1))) | 0;
      if (start >= 0) visit(start, hash >>> (32 - HASH_BITS));
    }
  }
}

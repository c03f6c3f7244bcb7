/** A local constant, because Jest looks up each global in its own context, which takes most of a search. */
const { imul } = Math;

/** The number of consecutive characters that count as a leak. */
export const PIECE = 8;

/**
 * Finds pieces of a secret in a text: plain, URL-encoded, in hex, and in base64 and base64url at each alignment, all in
 * any letter case. The first `shown` characters of the plain secret are not a leak.
 */
export function findLeaks(secret: string, text: string, { shown = 0 } = {}): string[] {
  const search = new LeakSearch();
  search.add(secret, shown);
  return search.find(text);
}

/** Searches for many secrets in one pass. The time depends on the text and hardly on the number of secrets. */
export class LeakSearch {
  /** All pieces by their first {@link PIECE} characters. */
  private readonly pieces = new Map<string, Set<string>>();
  /** Whether a piece starts with four characters of this hash. */
  private readonly hasStart = new Uint8Array(1 << 16);

  add(secret: string, shown = 0): void {
    for (const { spelling, first, size } of spellingsOf(secret, shown)) {
      for (const piece of piecesOf(spelling.toLowerCase(), first, size)) this.addPiece(piece);
    }
  }

  /** Returns each piece in the text once. */
  find(text: string): string[] {
    const found = new Set<string>();
    if (this.pieces.size === 0) return [];
    const haystack = text.toLowerCase();
    let last4 = 0;
    for (let end = 0; end < haystack.length; end++) {
      last4 = (last4 << 8) | (haystack.charCodeAt(end) & 0xff);
      if (this.hasStart[hashOf(last4)]) this.collectAt(haystack, end - 3, found);
    }
    return [...found];
  }

  private addPiece(piece: string): void {
    const start = piece.slice(0, PIECE);
    const known = this.pieces.get(start);
    if (known) known.add(piece);
    else this.pieces.set(start, new Set([piece]));
    let first4 = 0;
    for (let index = 0; index < 4; index++) first4 = (first4 << 8) | (piece.charCodeAt(index) & 0xff);
    this.hasStart[hashOf(first4)] = 1;
  }

  private collectAt(haystack: string, start: number, found: Set<string>): void {
    for (const piece of this.pieces.get(haystack.slice(start, start + PIECE)) ?? []) {
      if (haystack.startsWith(piece, start)) found.add(piece);
    }
  }
}

interface Spelling {
  readonly spelling: string;
  /** The start of the first piece that is a leak. */
  readonly first: number;
  readonly size: number;
}

function spellingsOf(secret: string, shown: number): Spelling[] {
  const bytes = Buffer.from(secret);
  const first = Math.max(0, shown - PIECE + 1);
  const base64 = [0, 1, 2].flatMap((skip) => {
    const text = bytes
      .subarray(first + skip)
      .toString('base64')
      .replace(/=+$/, '');
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    { spelling: secret, first, size: PIECE },
    { spelling: encodeURIComponent(secret), first, size: PIECE },
    { spelling: bytes.toString('hex'), first: 2 * first, size: 2 * PIECE },
    // The last characters of a run depend on the next bytes, so pieces end before them.
    ...base64.map((spelling) => ({ spelling: spelling.slice(0, -2), first: 0, size: 11 })),
  ];
}

function piecesOf(text: string, first: number, size: number): string[] {
  const count = Math.max(0, text.length - size + 1 - first);
  return Array.from({ length: count }, (_, index) => text.slice(first + index, first + index + size));
}

function hashOf(characters: number): number {
  return imul(characters, 0x9e3779b1) >>> 16;
}

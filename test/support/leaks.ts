/** A piece of this many characters tells too much of a secret. */
const PIECE = 8;

/**
 * Pieces of a secret that a text holds: plain, URL-encoded, in hex, and in base64 and base64url at each alignment,
 * each in any case. `shown` leading characters of the plain secret are no leak.
 */
export function leaksOf(secret: string, text: string, { shown = 0 } = {}): string[] {
  const haystack = text.toLowerCase();
  return spellingsOf(secret, shown).flatMap(({ spelling, first, size }) =>
    piecesOf(spelling.toLowerCase(), first, size).filter((piece) => haystack.includes(piece)),
  );
}

interface Spelling {
  readonly spelling: string;
  /** The first piece that is a leak starts here. */
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
    // The last characters of a run hold bits of its neighbours: pieces end before them.
    ...base64.map((spelling) => ({ spelling: spelling.slice(0, -2), first: 0, size: 11 })),
  ];
}

function piecesOf(text: string, first: number, size: number): string[] {
  const count = Math.max(0, text.length - size + 1 - first);
  return Array.from({ length: count }, (_, index) => text.slice(first + index, first + index + size));
}

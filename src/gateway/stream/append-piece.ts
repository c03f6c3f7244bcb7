/** Pieces are not merged beyond this length. */
const MAX_MERGED_BYTES = 64 * 1024;

/**
 * Appends a buffer to a list, and merges it with shorter neighbours before it. So the list of an upstream that sends
 * single bytes takes little more memory than the bytes, and each byte is copied a few times at most.
 */
export function appendPiece(pieces: Buffer[], piece: Buffer): void {
  let merged = piece;
  for (;;) {
    const last = pieces.at(-1);
    const isMergeable = last !== undefined && last.length <= merged.length;
    if (!isMergeable || last.length + merged.length > MAX_MERGED_BYTES) break;
    pieces.pop();
    merged = Buffer.concat([last, merged]);
  }
  pieces.push(merged);
}

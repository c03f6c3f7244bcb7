import { createHash } from 'node:crypto';

const UPPER_ASCII_OR_BEYOND = /[A-Z]+|[^\p{ASCII}]/gu;
const CHEROKEE = /^\p{Script=Cherokee}$/u;
const DOTLESS_I = '\u0131';

/**
 * Unicode full case folding (CaseFolding.txt, statuses C and F): ß = ẞ = ss, ς = σ, K (kelvin) = k.
 *
 * ECMAScript has no case folding. Going down, up and down again, one code point at a time (so that no
 * final-sigma rule applies), yields it for every code point but two kinds: dotless ı is its own folding,
 * and Cherokee folds to its upper case, which is the older.
 */
export function foldCase(text: string): string {
  return text.replace(UPPER_ASCII_OR_BEYOND, foldPiece);
}

/**
 * The unique-key column of a name: names that a person would call the same have the same key on every
 * engine, whatever its collation and column lengths. It is the SHA-256, in lower-case hex, of the text under
 * Unicode's compatibility caseless matching (Unicode Standard, D146).
 */
export function identityKey(text: string): string {
  const once = foldCase(text.normalize('NFD')).normalize('NFKC');
  return sha256(foldCase(once).normalize('NFKC'));
}

/**
 * The unique-key column of a model under its provider. Model names are upstream's own, so only case is
 * ignored: no normalisation, else two models that upstream tells apart would be one here.
 */
export function foldedModelKey(model: string): string {
  return sha256(foldCase(model));
}

function foldPiece(piece: string): string {
  if (piece === DOTLESS_I) return piece;
  if (piece < '\u0080') return piece.toLowerCase();
  if (CHEROKEE.test(piece)) return piece.toUpperCase();
  let folded = '';
  for (const character of piece.toLowerCase().toUpperCase()) folded += character.toLowerCase();
  return folded;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

import { createHash } from 'node:crypto';

const UPPER_ASCII_OR_BEYOND = /[A-Z]+|[^\p{ASCII}]/gu;
const CHEROKEE = /^\p{Script=Cherokee}$/u;
const DOTLESS_I = '\u0131';

/** In code points. A stored name has at most 200, and each is at most four in a canonically equivalent text. */
const MAX_NORMALISED_LENGTH = 4 * 200;

/**
 * Returns whether a text is short enough to normalise. Normalisation takes quadratic time, because it sorts combining
 * characters. Check every text of a caller before `normalize`; a longer text is not the name of anything.
 */
export function isNormalisable(text: string): boolean {
  return (
    text.length <= MAX_NORMALISED_LENGTH ||
    [...text.slice(0, 2 * MAX_NORMALISED_LENGTH + 1)].length <= MAX_NORMALISED_LENGTH
  );
}

/**
 * Unicode full case folding (CaseFolding.txt, statuses C and F): ß = ẞ = ss, ς = σ, K (kelvin) = k.
 *
 * ECMAScript has no case folding. Lower, upper and lower case again, one code point at a time, gives the same result
 * with two exceptions: dotless ı folds to itself, and Cherokee folds to upper case. Whole words would apply the
 * final-sigma rule.
 */
export function foldCase(text: string): string {
  return text.replace(UPPER_ASCII_OR_BEYOND, foldPiece);
}

/**
 * Returns the unique key of a name. Names that people read as the same have the same key on every database engine,
 * whatever its collation. The key is the lower-case hex SHA-256 of the text under Unicode's compatibility caseless
 * matching (Unicode Standard, D146). A text that no name can be gets a key of its own.
 */
export function identityKey(text: string): string {
  if (!isNormalisable(text)) return sha256(text);
  const once = foldCase(text.normalize('NFD')).normalize('NFKC');
  return sha256(foldCase(once).normalize('NFKC'));
}

/**
 * Returns the unique key of a model under its provider. It ignores case only: an upstream may have two models whose
 * names differ in normalisation.
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

/** Pieces of a secret this long are redacted, so that a partly masked or wrapped echo does not tell it either. */
const PIECE = 8;
const SHORTEST_SECRET = 4;
/** What looks like a credential, whoever's it is: vendor prefixes and authorization schemes. */
const CREDENTIAL =
  /\b(?:sk|pk|rk|gsk|xai|hf|nvapi)[-_][^\s"',;]{6,}|\bAIza[^\s"',;]{6,}|\b(?:Bearer|Basic)\s+[^\s"',;]+/gi;
const MARK = '[redacted]';

/**
 * Takes secrets out of a text that an upstream wrote: each secret plain, in base64 at every alignment, in hex
 * and URL-encoded, also in part, and whatever else looks like a credential.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const spellings = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellingsOf);
  return maskPieces(text, spellings).replace(CREDENTIAL, MARK);
}

function spellingsOf(secret: string): string[] {
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
  for (const spelling of spellings) {
    const size = Math.min(PIECE, spelling.length);
    for (let start = 0; start + size <= lower.length; start++) {
      if (spelling.includes(lower.slice(start, start + size))) masked.fill(1, start, start + size);
    }
  }
  let result = '';
  for (let index = 0; index < text.length; index++) {
    if (!masked[index]) result += text[index];
    else if (!masked[index - 1]) result += MARK;
  }
  return result;
}

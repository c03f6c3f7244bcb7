/** Length of the shortest piece of a secret to redact. Upstreams may repeat a secret partly masked or wrapped. */
const PIECE_LENGTH = 8;
const MIN_SECRET_LENGTH = 4;
/** Text that looks like any credential: vendor prefixes and authorization schemes. */
const CREDENTIAL =
  /\b(?:sk|pk|rk|gsk|xai|hf|nvapi)[-_][^\s"',;]{6,}|\bAIza[^\s"',;]{6,}|\b(?:Bearer|Basic)\s+[^\s"',;]+/gi;
const MARK = '[redacted]';

/**
 * Removes secrets from text that an upstream wrote. Finds each secret in plain text, URL encoding, hex and base64 at
 * every alignment, whole or in part, and anything that looks like another credential.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const spellings = secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH).flatMap(listSpellings);
  return maskPieces(text, spellings).replace(CREDENTIAL, MARK);
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
  for (const spelling of spellings) {
    const size = Math.min(PIECE_LENGTH, spelling.length);
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

import { POSSIBLE_CREDENTIALS } from '../../advanced-json/credential-values';
import { TextSearch } from '../../common/text-search';

/**
 * Shorter secrets are not searched for unless they look like a key: Ollama accepts any, and a word may occur in a model name.
 */
const MIN_LENGTH = 16;
/** Native search for this many characters is linear. It rules most texts out. */
const START_LENGTH = 12;

/** Finds whole secrets in the texts of a list: plain, URL-encoded, in hex or base64, in any letter case. */
export class SecretSearch {
  private readonly searches: readonly { readonly start: string; readonly search: TextSearch }[];

  constructor(secrets: readonly string[]) {
    const spellings = secrets.filter(isDistinctive).flatMap(listSpellings);
    this.searches = [...new Set(spellings)].map((spelling) => ({
      start: spelling.slice(0, START_LENGTH),
      search: new TextSearch(spelling),
    }));
  }

  isIn(text: string): boolean {
    const lower = text.toLowerCase();
    return this.searches.some(({ start, search }) => lower.includes(start) && search.isIn(lower));
  }
}

function isDistinctive(secret: string): boolean {
  return secret.length >= MIN_LENGTH || secret.search(POSSIBLE_CREDENTIALS) === 0;
}

function listSpellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].flatMap((skipped) => {
    const text = bytes.subarray(skipped).toString('base64').replace(/=+$/, '');
    // The last character depends on the bytes after the secret.
    const core = text.slice(0, -1);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [secret, encodeURIComponent(secret), encodeURI(secret), bytes.toString('hex'), ...base64].map(
    (spelling) => spelling.toLowerCase(),
  );
}

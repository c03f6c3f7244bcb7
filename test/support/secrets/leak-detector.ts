import { LeakSearch, PIECE } from './leak-search';

/** Shorter keys may be words that a test also uses elsewhere. */
const MIN_KEY_LENGTH = 16;
/** Tests also send ids in the field `api_key`, and ids are not secret. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const API_KEYS = /"api_key"\s*:\s*"([^"\\]+)"/g;

/**
 * Records every API key that the tests of a file send, and searches everything that a service outputs for pieces of
 * them: responses, logs, metrics and the database. The visible prefix of a key is not a leak.
 */
class LeakDetector {
  private readonly search = new LeakSearch();
  /** For files, in which the next column follows the prefix directly and may start like the rest of the key. */
  private readonly searchBeyondPrefix = new LeakSearch();
  private readonly keys = new Set<string>();
  /** The visible prefixes of all keys, because another key may start with the same letters. */
  private readonly prefixes = new Set<string>();
  private findings: string[] = [];

  /** Records the API keys of a request body. */
  sent(body: unknown): void {
    if (typeof body !== 'string') return;
    for (const [, key] of body.matchAll(API_KEYS)) this.add(key!);
  }

  add(key: string): void {
    if (key.length < MIN_KEY_LENGTH || !/^[\x21-\x7e]+$/.test(key) || ID.test(key) || this.keys.has(key))
      return;
    this.keys.add(key);
    const shown = Math.min(8, Math.floor(key.length / 4));
    this.prefixes.add(key.slice(0, shown).toLowerCase());
    this.search.add(key, shown);
    this.searchBeyondPrefix.add(key, shown + PIECE - 1);
  }

  /** Searches a text for pieces of the keys. */
  read(source: string, text: string): void {
    const search = source === 'files' ? this.searchBeyondPrefix : this.search;
    const pieces = search.find(text).filter((piece) => !this.prefixes.has(piece));
    if (pieces.length > 0) this.findings.push(`${source}: ${pieces.slice(0, 3).join(', ')}`);
  }

  /** Throws if anything was found since the last call. */
  assertNone(): void {
    const found = this.findings;
    this.findings = [];
    if (found.length > 0) throw new Error(`found pieces of an API key\n${found.join('\n')}`);
  }
}

/** One for each test file, because Jest loads this module for each. */
export const leakDetector = new LeakDetector();

import { LeakSearch, PIECE } from './leak-search';

/** Shorter ones are words that a test may well use elsewhere too. */
const SHORTEST_KEY = 16;
/** Tests also put what is no secret into the field. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const API_KEYS = /"api_key"\s*:\s*"([^"\\]+)"/g;

/**
 * Knows every API key that the tests of this file have sent, and looks for each of them, whole or in part, in all that
 * a service has let out: answers, logs, metrics, and its database. Beyond the prefix that may be shown.
 */
class LeakWatch {
  private readonly search = new LeakSearch();
  /** For files: there the prefix has the next column right behind it, which may begin as the key goes on. */
  private readonly searchBeyondPrefix = new LeakSearch();
  private readonly keys = new Set<string>();
  /** Of any of the keys: the prefix of one may be shown where another's key begins with the same letters. */
  private readonly prefixes = new Set<string>();
  private findings: string[] = [];

  /** A request's body, as it goes out. */
  sent(body: unknown): void {
    if (typeof body !== 'string') return;
    for (const [, key] of body.matchAll(API_KEYS)) this.add(key!);
  }

  add(key: string): void {
    if (key.length < SHORTEST_KEY || !/^[\x21-\x7e]+$/.test(key) || ID.test(key) || this.keys.has(key))
      return;
    this.keys.add(key);
    const shown = Math.min(8, Math.floor(key.length / 4));
    this.prefixes.add(key.slice(0, shown).toLowerCase());
    this.search.add(key, shown);
    this.searchBeyondPrefix.add(key, shown + PIECE - 1);
  }

  /** Remembers what of the keys a text holds. */
  read(where: string, text: string): void {
    const search = where === 'files' ? this.searchBeyondPrefix : this.search;
    const pieces = search.find(text).filter((piece) => !this.prefixes.has(piece));
    if (pieces.length > 0) this.findings.push(`${where}: ${pieces.slice(0, 3).join(', ')}`);
  }

  /** Throws where anything was found since the last time. */
  assertNone(): void {
    const found = this.findings;
    this.findings = [];
    if (found.length > 0) throw new Error(`pieces of an API key were let out\n${found.join('\n')}`);
  }
}

/** Jest loads it anew for each test file. */
export const leakWatch = new LeakWatch();

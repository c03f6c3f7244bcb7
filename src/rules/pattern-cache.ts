import { RE2Set } from 're2js';
import { patternSteps } from './pattern-steps';

/** The memory limit for the automaton of one pattern, which grows with use. */
const MAX_AUTOMATON_BYTES = 64 * 1024;

/** The memory of a compiled pattern without its automaton. Large character classes take about this much. */
const BASE_BYTES = 16 * 1024;
const BYTES_PER_STEP = 128;

const MAX_CACHED_BYTES = 8 * 1024 * 1024;

interface CachedPattern {
  readonly source: string;
  readonly set: RE2Set;
  /** The position in the list of cached patterns. */
  place: number;
  bytes: number;
}

/** The types of re2js leave out this field, which is the rest of the automaton's memory limit. */
interface WithAutomaton {
  readonly dfa?: { readonly memBudget?: number };
}

/**
 * Caches the compiled patterns of one account, up to an estimate of their memory. A full cache evicts random patterns.
 * With many patterns in turn, the least recently used one would always be needed next.
 */
export class PatternCache {
  private readonly bySource = new Map<string, CachedPattern>();
  private readonly patterns: CachedPattern[] = [];
  private cachedBytes = 0;

  constructor(private readonly maxBytes = MAX_CACHED_BYTES) {}

  /** The estimated memory of all cached patterns. */
  get bytes(): number {
    return this.cachedBytes;
  }

  get size(): number {
    return this.patterns.length;
  }

  /** Whether a pattern matches anywhere in a text. Throws RE2JSException for an invalid pattern. */
  search(source: string, text: string): boolean {
    const pattern = this.patternOf(source);
    const isMatch = pattern.set.match(text).length > 0;
    this.weigh(pattern);
    return isMatch;
  }

  /** Uses a set with one pattern, because only sets can limit the memory of their automaton. */
  private patternOf(source: string): CachedPattern {
    const known = this.bySource.get(source);
    if (known !== undefined) return known;
    const set = new RE2Set(RE2Set.UNANCHORED, 0, MAX_AUTOMATON_BYTES);
    set.add(source);
    set.compile();
    const pattern = { source, set, place: this.patterns.length, bytes: 0 };
    this.patterns.push(pattern);
    this.bySource.set(source, pattern);
    this.weigh(pattern);
    return pattern;
  }

  /** Updates the weight of a pattern, because its automaton grows, and evicts patterns beyond the limit. */
  private weigh(pattern: CachedPattern): void {
    if (this.bySource.get(pattern.source) !== pattern) return;
    const bytes = bytesOf(pattern);
    this.cachedBytes += bytes - pattern.bytes;
    pattern.bytes = bytes;
    while (this.cachedBytes > this.maxBytes) {
      this.evict(this.patterns[Math.floor(Math.random() * this.patterns.length)]!);
    }
  }

  /** Evicts every pattern. */
  clear(): void {
    this.bySource.clear();
    this.patterns.length = 0;
    this.cachedBytes = 0;
  }

  private evict(pattern: CachedPattern): void {
    const last = this.patterns.pop()!;
    if (last !== pattern) {
      this.patterns[pattern.place] = last;
      last.place = pattern.place;
    }
    this.bySource.delete(pattern.source);
    this.cachedBytes -= pattern.bytes;
  }
}

function bytesOf({ source, set }: CachedPattern): number {
  const { memBudget = 0 } = (set as unknown as WithAutomaton).dfa ?? {};
  return BASE_BYTES + BYTES_PER_STEP * patternSteps(source) + (MAX_AUTOMATON_BYTES - memBudget);
}

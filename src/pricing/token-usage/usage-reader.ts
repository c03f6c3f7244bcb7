import type { FieldError } from '../../common/domain-error';
import { jsonPointer } from '../../common/json-pointer';

/** A count, and where it stands (an RFC 6901 pointer). */
export interface Count {
  readonly tokens: number;
  readonly pointer: string;
}

type Path = readonly string[];

/**
 * Reads counts out of a usage object and collects what is wrong with it, so that one answer tells all. Vendors
 * send null for what they did not count: it is read like an absent field, as 0.
 */
export class UsageReader {
  private readonly problems = new Map<string, FieldError>();

  constructor(
    private readonly usage: unknown,
    private readonly pointer: string,
  ) {}

  get errors(): FieldError[] {
    return [...this.problems.values()];
  }

  /** Whether one of the fields is there. */
  hasAny(names: readonly string[]): boolean {
    return names.some((name) => this.value([name]) !== null);
  }

  count(path: Path): Count {
    const pointer = jsonPointer(this.pointer, ...path);
    const value = this.value(path);
    if (value === null) return { tokens: 0, pointer };
    if (Number.isSafeInteger(value) && (value as number) >= 0) return { tokens: value as number, pointer };
    const detail = `Must be a whole number of tokens from 0 to ${Number.MAX_SAFE_INTEGER}.`;
    this.reject({ pointer, code: 'token_count', detail });
    return { tokens: 0, pointer };
  }

  /** One count that goes by several names: who fills in one of them leaves the others out, or at 0. */
  largest(paths: readonly Path[]): Count {
    return paths
      .map((path) => this.count(path))
      .reduce((largest, count) => (count.tokens > largest.tokens ? count : largest));
  }

  sum(counts: readonly Count[]): Count {
    const tokens = counts.reduce((sum, count) => sum + count.tokens, 0);
    const pointer = counts[0]?.pointer ?? this.pointer;
    if (Number.isSafeInteger(tokens)) return { tokens, pointer };
    const detail = `The tokens of this kind are more than ${Number.MAX_SAFE_INTEGER} in all.`;
    this.reject({ pointer, code: 'token_count', detail });
    return { tokens: 0, pointer };
  }

  /** Null for what is absent. */
  value(path: Path): unknown {
    let value = this.usage;
    for (const [depth, name] of path.entries()) {
      if (value === null || value === undefined) return null;
      if (typeof value !== 'object') {
        const pointer = jsonPointer(this.pointer, ...path.slice(0, depth));
        this.reject({ pointer, code: 'usage', detail: 'Must be an object of token counts, or null.' });
        return null;
      }
      value = (value as Record<string, unknown>)[name];
    }
    return value ?? null;
  }

  /** The first fault of a field is told. */
  reject(error: FieldError): void {
    if (!this.problems.has(error.pointer)) this.problems.set(error.pointer, error);
  }
}

import type { FieldError } from '../../common/domain-error';
import { jsonPointer } from '../../common/json-pointer';

/** A count and its JSON pointer. */
export interface Count {
  readonly tokens: number;
  readonly pointer: string;
}

type Path = readonly string[];

/**
 * Reads counts from a usage object and collects all problems for one response. Vendors send null for what they did not
 * count, so null is 0, like an absent field.
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

  /** Whether at least one of the fields has a value. */
  hasAny(names: readonly string[]): boolean {
    return names.some((name) => this.value([name]) !== null);
  }

  count(path: Path): Count {
    const pointer = jsonPointer(this.pointer, ...path);
    const value = this.value(path);
    if (value === null) return { tokens: 0, pointer };
    if (Number.isSafeInteger(value) && (value as number) >= 0) return { tokens: value as number, pointer };
    const detail = `Must be a whole number of tokens from 0 to ${Number.MAX_SAFE_INTEGER}.`;
    this.reject({ pointer, code: typeof value === 'number' ? 'range' : 'type', detail });
    return { tokens: 0, pointer };
  }

  /** Reads a count that has several names. A vendor uses one name and omits the others or sets them to 0. */
  largest(paths: readonly Path[]): Count {
    return paths
      .map((path) => this.count(path))
      .reduce((largest, count) => (count.tokens > largest.tokens ? count : largest));
  }

  sum(counts: readonly Count[]): Count {
    const tokens = counts.reduce((sum, count) => sum + count.tokens, 0);
    const pointer = counts[0]?.pointer ?? this.pointer;
    if (Number.isSafeInteger(tokens)) return { tokens, pointer };
    const detail = `The tokens of this kind must not exceed ${Number.MAX_SAFE_INTEGER} in total.`;
    this.reject({ pointer, code: 'range', detail });
    return { tokens: 0, pointer };
  }

  /** Returns null for an absent field. */
  value(path: Path): unknown {
    let value = this.usage;
    for (const [depth, name] of path.entries()) {
      if (value === null || value === undefined) return null;
      if (typeof value !== 'object') {
        const pointer = jsonPointer(this.pointer, ...path.slice(0, depth));
        this.reject({ pointer, code: 'type', detail: 'Must be an object of token counts, or null.' });
        return null;
      }
      value = (value as Record<string, unknown>)[name];
    }
    return value ?? null;
  }

  /** Keeps the first problem of each field. */
  reject(error: FieldError): void {
    if (!this.problems.has(error.pointer)) this.problems.set(error.pointer, error);
  }
}

import type { FieldError } from '../../common/domain-error';
import { jsonPointer } from '../../common/json-pointer';

/** A count and its JSON pointer. */
export interface Count {
  readonly tokens: number;
  readonly pointer: string;
}

/** The names from the usage to a field, in snake case. A field in camel case matches, too. */
export type Path = readonly (string | number)[];

interface Found {
  readonly pointer: string;
  /** Null for an absent field. */
  readonly value: unknown;
}

/**
 * Reads counts from a usage object and collects all problems for one response. Vendors send null for what they did not
 * count, so null is 0, like an absent field.
 */
export class UsageReader {
  private readonly problems = new Map<string, FieldError>();
  private readonly readPointers = new Set<string>();

  constructor(
    readonly usage: object,
    readonly pointer: string,
  ) {}

  get errors(): FieldError[] {
    return [...this.problems.values()];
  }

  /** Whether at least one of the fields has a value. */
  hasAny(paths: readonly Path[]): boolean {
    return paths.some((path) => this.peek(path) !== null);
  }

  /** Whether the field of this pointer was read. */
  hasRead(pointer: string): boolean {
    return this.readPointers.has(pointer);
  }

  /** Reads a count. A field on the way to it must be an object. */
  count(path: Path): Count {
    const { pointer, value } = this.find(path, true);
    this.readPointers.add(pointer);
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
      .reduce((largest, count) => (count.tokens > largest.tokens ? count : largest), {
        tokens: 0,
        pointer: this.pointer,
      });
  }

  sum(counts: readonly Count[]): Count {
    const tokens = counts.reduce((sum, count) => sum + count.tokens, 0);
    const pointer = counts[0]?.pointer ?? this.pointer;
    if (Number.isSafeInteger(tokens)) return { tokens, pointer };
    const detail = `The tokens of this kind must not exceed ${Number.MAX_SAFE_INTEGER} in total.`;
    this.reject({ pointer, code: 'range', detail });
    return { tokens: 0, pointer };
  }

  /** Reads a field of any type. A field on the way to it may have any type. */
  field(path: Path): Found {
    const found = this.find(path, false);
    this.readPointers.add(found.pointer);
    return found;
  }

  /** Returns the value of a field, or null, without counting it as read. */
  peek(path: Path): unknown {
    return this.find(path, false).value;
  }

  /** Reads the paths of the items of a list. An absent field is an empty list. */
  items(path: Path): Path[] {
    const value = this.peek(path);
    return Array.isArray(value) ? value.map((_item, index) => [...path, index]) : [];
  }

  /** Keeps the first problem of each field. */
  reject(error: FieldError): void {
    if (!this.problems.has(error.pointer)) this.problems.set(error.pointer, error);
  }

  private find(path: Path, isStrict: boolean): Found {
    let value: unknown = this.usage;
    let pointer = this.pointer;
    for (const name of path) {
      if (value === null || value === undefined) return { pointer: jsonPointer(pointer, name), value: null };
      if (typeof value !== 'object') {
        if (isStrict) {
          this.reject({ pointer, code: 'type', detail: 'Must be an object of token counts, or null.' });
        }
        return { pointer, value: null };
      }
      const key = keyOf(value, name);
      value = (value as Record<string | number, unknown>)[key];
      pointer = jsonPointer(pointer, key);
    }
    return { pointer, value: value ?? null };
  }
}

function keyOf(value: object, name: string | number): string | number {
  if (typeof name === 'number' || hasValue(value, name)) return name;
  const camel = toCamelCase(name);
  return hasValue(value, camel) ? camel : name;
}

function hasValue(value: object, name: string): boolean {
  return Object.hasOwn(value, name) && (value as Record<string, unknown>)[name] != null;
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

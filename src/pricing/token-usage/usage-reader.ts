import type { FieldError } from '../../common/domain-error';
import { jsonPointer } from '../../common/json-pointer';

/** A count and its JSON pointer. */
export interface Count {
  readonly tokens: number;
  readonly pointer: string;
}

/** A field of a usage. */
interface Field {
  readonly value: unknown;
  readonly pointer: string;
}

/** A number in a usage. */
export interface NamedNumber {
  readonly path: string;
  readonly pointer: string;
  readonly value: number;
}

const WRONG_CONTAINER = 'Must be an object of token counts, or null.';

/**
 * Reads counts from a usage object and collects all problems for one response. A path is the names to a field in snake
 * case, joined by slashes; names in camel case match, too. If a usage has a name in several spellings, they are one field:
 * objects are merged, and the largest count applies. Vendors send null for what they did not count, so null is 0,
 * like an absent field.
 */
export class UsageReader {
  private readonly problems = new Map<string, FieldError>();
  /** The fields with a value, in each spelling. */
  private readonly fields = new Map<string, readonly [Field, ...Field[]]>();
  /** The names of the usage itself that have a value. */
  readonly names: readonly string[];
  private readonly readPaths = new Set<string>();
  private readonly absent: Count;

  constructor(
    usage: object,
    readonly pointer: string,
  ) {
    this.absent = { tokens: 0, pointer };
    const named = Object.entries(usage).filter(([, value]) => value != null);
    this.names = named.map(([name]) => toSnakeCase(name));
    this.index(usage, '', pointer);
  }

  get errors(): FieldError[] {
    return [...this.problems.values()];
  }

  /** Whether at least one of the fields has a value. */
  hasAny(paths: readonly string[]): boolean {
    return paths.some((path) => this.fields.has(path) || this.sameInItems(path).length > 0);
  }

  /**
   * Reads a count. A field on the way to it must be an object, or a list of such objects, whose counts are added: the
   * Agents SDK lists the details of each request.
   */
  count(path: string): Count {
    this.readPaths.add(path);
    this.checkContainer(path);
    const items = this.sameInItems(path);
    const listed = items.length > 0 ? [this.sum(items.map((item) => this.count(item)))] : [];
    const counts = (this.fields.get(path) ?? []).map((field) => this.toCount(field));
    return largestOf([...counts, ...listed, this.absent]);
  }

  /** Reads a count that has several names. A vendor uses one name and omits the others or sets them to 0. */
  largest(paths: readonly string[]): Count {
    return largestOf(paths.map((path) => this.count(path)));
  }

  sum(counts: readonly Count[]): Count {
    const tokens = counts.reduce((sum, count) => sum + count.tokens, 0);
    const pointer = counts[0]?.pointer ?? this.pointer;
    if (Number.isSafeInteger(tokens)) return { tokens, pointer };
    const detail = `The tokens of this kind must not exceed ${Number.MAX_SAFE_INTEGER} in total.`;
    this.reject({ pointer, code: 'range', detail });
    return this.absent;
  }

  /** Reads a field of any type. Returns null for an absent one. */
  field(path: string): Field | null {
    this.readPaths.add(path);
    return this.fields.get(path)?.[0] ?? null;
  }

  /** Returns the value of a field, or null, without counting it as read. */
  peek(path: string): unknown {
    return this.fields.get(path)?.[0].value ?? null;
  }

  /** Returns the paths of the items of a list. An absent field is an empty list. */
  items(path: string): string[] {
    const lists = (this.fields.get(path) ?? []).map(({ value }) => value).filter(Array.isArray);
    const length = Math.max(0, ...lists.map((list) => list.length));
    return Array.from({ length }, (_item, index) => `${path}/${index}`);
  }

  /** Lists the numbers that were not read. */
  unreadNumbers(): NamedNumber[] {
    const numbers: NamedNumber[] = [];
    for (const [path, spellings] of this.fields) {
      if (this.readPaths.has(path)) continue;
      for (const { value, pointer } of spellings) {
        if (typeof value === 'number') numbers.push({ path, pointer, value });
      }
    }
    return numbers;
  }

  /** Keeps the first problem of each field. */
  reject(error: FieldError): void {
    if (!this.problems.has(error.pointer)) this.problems.set(error.pointer, error);
  }

  private index(container: object, prefix: string, pointer: string): void {
    for (const [key, value] of Object.entries(container) as [string, unknown][]) {
      if (value == null || key.includes('/')) continue;
      const path = prefix + toSnakeCase(key);
      const at = jsonPointer(pointer, key);
      const [first, ...others] = [...(this.fields.get(path) ?? []), { value, pointer: at }].sort(bySpelling);
      this.fields.set(path, [first!, ...others]);
      if (typeof value === 'object') this.index(value, `${path}/`, at);
    }
  }

  private toCount({ pointer, value }: Field): Count {
    if (Number.isSafeInteger(value) && (value as number) >= 0) return { tokens: value as number, pointer };
    const detail = `Must be a whole number of tokens from 0 to ${Number.MAX_SAFE_INTEGER}.`;
    this.reject({ pointer, code: typeof value === 'number' ? 'range' : 'type', detail });
    return this.absent;
  }

  /** The paths of a field in the items of a list in the place of its object. */
  private sameInItems(path: string): string[] {
    const end = path.lastIndexOf('/');
    return this.items(path.slice(0, Math.max(end, 0)))
      .map((item) => item + path.slice(end))
      .filter((item) => this.fields.has(item));
  }

  private checkContainer(path: string): void {
    const end = path.lastIndexOf('/');
    for (const { pointer, value } of end < 0 ? [] : (this.fields.get(path.slice(0, end)) ?? [])) {
      if (typeof value !== 'object') this.reject({ pointer, code: 'type', detail: WRONG_CONTAINER });
    }
  }
}

export function largestOf(counts: readonly [Count, ...Count[]] | readonly Count[]): Count {
  return counts.reduce((largest, count) => (count.tokens > largest.tokens ? count : largest));
}

/** The longest name of a field that is converted. Every vendor's names are shorter. */
const MAX_FIELD_NAME_LENGTH = 64;

/** Orders the spellings of a field independently of the order of the fields: `a_b` is before `aB`, which is before `AB`. */
function bySpelling(one: Field, other: Field): number {
  return one.pointer > other.pointer ? -1 : 1;
}

/** Converts `ephemeral5mInputTokens` and `Ephemeral5mInputTokens` to `ephemeral_5m_input_tokens`. Other spellings stay. */
function toSnakeCase(name: string): string {
  if (name.length > MAX_FIELD_NAME_LENGTH || !/^[A-Za-z][A-Za-z0-9]*$/.test(name) || !/[A-Z]/.test(name))
    return name;
  return name.replace(/(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z])/g, '_').toLowerCase();
}

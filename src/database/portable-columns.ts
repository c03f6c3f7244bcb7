import type { ColumnOptions, ValueTransformer } from 'typeorm';
import { storedObject, storedTexts } from '../common/stored-json';

/** RFC 3339 UTC with milliseconds, as text: the same bytes on every engine, sortable, with no time zone to lose. */
export const timestampColumn = { type: 'varchar', length: 24 } as const satisfies ColumnOptions;

/** A UUIDv7. */
export const idColumn = { type: 'varchar', length: 36 } as const satisfies ColumnOptions;

/** Hexadecimal SHA-256 or HMAC-SHA256. */
export const digestColumn = { type: 'varchar', length: 64 } as const satisfies ColumnOptions;

/** Undefined where the text was spoilt by hand: one bad row must not break a list. */
const json = (read: (text: string) => unknown): ValueTransformer => ({
  to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? null : read(value)),
});

/** JSON as text: a JSON column type would reorder keys on some engines. 16 MB on MySQL. */
export const jsonObjectColumn: ColumnOptions = { type: 'mediumtext', transformer: json(storedObject) };

export const jsonTextsColumn: ColumnOptions = { type: 'mediumtext', transformer: json(storedTexts) };

const decimal: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

/** At most 12 integer and 12 decimal places; exact for every number that JSON can carry within them. */
export const decimalColumn: ColumnOptions = {
  type: 'decimal',
  precision: 24,
  scale: 12,
  transformer: decimal,
};

/** A counter that JSON can carry (up to 2^53); drivers hand it out as text or number. */
export const counterColumn = { type: 'bigint', transformer: decimal } as const satisfies ColumnOptions;

/**
 * What an UPDATE needs to write. Columns that did not change are left alone: a seal, for one, may have been wrapped
 * anew meanwhile, and writing the old one back would undo that.
 */
export function changedColumns<T extends object>(before: T, after: T): Partial<T> {
  const old = before as Record<string, unknown>;
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name]),
  );
  return Object.fromEntries(changed) as Partial<T>;
}

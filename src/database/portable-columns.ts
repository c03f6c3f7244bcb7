import type { ColumnOptions, ValueTransformer } from 'typeorm';
import { storedObject, storedTexts } from '../common/stored-json';

/** RFC 3339 UTC with milliseconds, as text: the same bytes on every engine, sortable, without a time zone. */
export const timestampColumn = { type: 'varchar', length: 24 } as const satisfies ColumnOptions;

/** A UUIDv7. */
export const idColumn = { type: 'varchar', length: 36 } as const satisfies ColumnOptions;

/** Hexadecimal SHA-256 or HMAC-SHA256. */
export const digestColumn = { type: 'varchar', length: 64 } as const satisfies ColumnOptions;

/** `parse` returns undefined for corrupt text, so that one row cannot break a list. */
const json = (parse: (text: string) => unknown): ValueTransformer => ({
  to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? null : parse(value)),
});

/** JSON as text, because a JSON column type reorders keys on some engines. At most 16 MB on MySQL. */
export const jsonObjectColumn: ColumnOptions = { type: 'mediumtext', transformer: json(storedObject) };

export const jsonTextsColumn: ColumnOptions = { type: 'mediumtext', transformer: json(storedTexts) };

const decimal: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

const flag: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => Boolean(value),
};

/** Drivers return 0 or 1. */
export const flagColumn = { type: 'boolean', transformer: flag } as const satisfies ColumnOptions;

/** At most 12 integer and 12 decimal places. Exact for every JSON number within them. */
export const decimalColumn: ColumnOptions = {
  type: 'decimal',
  precision: 24,
  scale: 12,
  transformer: decimal,
};

/** A counter up to 2^53, the largest in JSON. Drivers return it as text or number. */
export const counterColumn = { type: 'bigint', transformer: decimal } as const satisfies ColumnOptions;

/**
 * Returns the columns that an UPDATE must write. Writing an unchanged column back could undo a concurrent change, such
 * as a re-sealed key.
 */
export function changedColumns<T extends object>(before: T, after: T): Partial<T> {
  const old = before as Record<string, unknown>;
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name]),
  );
  return Object.fromEntries(changed) as Partial<T>;
}

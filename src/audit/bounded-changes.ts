import { createHash } from 'node:crypto';
import type { FieldChanges } from './audit-event.entity';

/** Maximum bytes of the JSON of one field, with both of its values. */
export const MAX_FIELD_BYTES = 4096;

/** Maximum bytes of the JSON of all fields. */
export const MAX_EVENT_BYTES = 8192;

/** Bytes of one field of an event whose fields together are too long. */
const SHORT_FIELD_BYTES = 256;

/** Maximum names of a list that an event shows. */
export const MAX_NAMES = 100;

/** Room for the keys of a field and for the count of a list. */
const OVERHEAD_BYTES = 64;

/** The first names of a list, and how many it has. */
export class NameList {
  constructor(
    readonly first: readonly string[],
    readonly count = first.length,
  ) {}
}

/**
 * Limits what an event stores. A list shows at most {@link MAX_NAMES} names, and a field has at most
 * {@link MAX_FIELD_BYTES}. A longer list becomes `{ count, first }`, and any other value `{ bytes, sha256 }`. If all fields
 * together exceed {@link MAX_EVENT_BYTES}, the longest ones are shortened further.
 */
export function boundChanges(changes: FieldChanges): FieldChanges {
  const bounded = Object.fromEntries(
    Object.entries(changes).map(([field, { before, after }]) => {
      const whole = boundField(before, after, MAX_FIELD_BYTES);
      if (byteLength(whole) <= MAX_FIELD_BYTES) return [field, whole];
      return [field, boundField(before, after, MAX_FIELD_BYTES / 2 - OVERHEAD_BYTES)];
    }),
  );
  const longestFirst = Object.keys(bounded).sort((a, b) => byteLength(bounded[b]) - byteLength(bounded[a]));
  for (const field of longestFirst) {
    if (byteLength(bounded) <= MAX_EVENT_BYTES) break;
    const { before, after } = changes[field]!;
    bounded[field] = boundField(before, after, SHORT_FIELD_BYTES);
  }
  return bounded;
}

function boundField(before: unknown, after: unknown, maxBytes: number): FieldChanges[string] {
  return { before: boundValue(before, maxBytes), after: boundValue(after, maxBytes) };
}

function boundValue(value: unknown, maxBytes: number): unknown {
  if (value instanceof NameList) return boundList(value, maxBytes);
  if (isNames(value)) return boundList(new NameList(value), maxBytes);
  const text = JSON.stringify(value ?? null);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes - OVERHEAD_BYTES) return value;
  return { bytes, sha256: createHash('sha256').update(text).digest('hex') };
}

/** Returns the names themselves if all of them fit. */
function boundList({ first, count }: NameList, maxBytes: number): unknown {
  const shown: string[] = [];
  let bytes = OVERHEAD_BYTES;
  for (const name of first.slice(0, MAX_NAMES)) {
    bytes += byteLength(name) + 1;
    if (bytes > maxBytes - OVERHEAD_BYTES) break;
    shown.push(name);
  }
  return shown.length === count ? shown : { count, first: shown };
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

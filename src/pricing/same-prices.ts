import { isJsonObject } from '../common/json-object';
import { type PriceSheet, toCanonicalSheet } from './price-sheet';

/** Whether two sheets have the same prices. Where prices come from, their day and their note do not count. */
export function hasSamePrices(one: PriceSheet | null, other: PriceSheet | null): boolean {
  return pricesOf(one) === pricesOf(other);
}

/** Whether two sheets say the same, also about where prices come from. The order of members and tiers does not count. */
export function isSameSheet(one: PriceSheet | null, other: PriceSheet | null): boolean {
  return originOf(one) === originOf(other) && hasSamePrices(one, other);
}

function originOf(sheet: PriceSheet | null): string {
  return JSON.stringify(
    [sheet === null, sheet?.source, sheet?.as_of, sheet?.note].map((each) => each ?? null),
  );
}

function pricesOf(sheet: PriceSheet | null): string {
  const { rates, units, tiers, adjustments, schedule } = toCanonicalSheet(sheet ?? {});
  const sorted = [...(tiers ?? [])].sort((a, b) => a.above_input_tokens - b.above_input_tokens);
  const rules = adjustments?.map(({ when, multiplier }) => ({
    when: JSON.stringify(sortMembers(when)),
    multiplier,
  }));
  return JSON.stringify(withoutEmpty({ rates, units, tiers: sorted, adjustments: rules, schedule }));
}

/** Sorts the members of objects, and leaves out what means the same when it is absent. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutEmpty);
  if (!isJsonObject(value)) return value ?? undefined;
  const members = Object.entries(value)
    .map(([key, member]) => [key, withoutEmpty(member)] as const)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, sortMembers(member)]));
}

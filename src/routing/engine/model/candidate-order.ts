import { compareText } from '../../../common/compare-text';
import { type IndexedModel } from './indexed-model';

/**
 * Compares candidates: higher priority, then more conditions in the rule, then the provider's default, then the older
 * model. Ids are UUIDv7, whose text is unique and sorts by age, so the order is the same on every replica.
 */
export function compareModels(one: IndexedModel, other: IndexedModel): number {
  return other.priority - one.priority || compareEqualPriority(one, other);
}

/** Compares candidates of a bare model name. Exact spelling ranks directly after priority. */
export function compareSpelled(
  one: IndexedModel,
  oneIsExact: boolean,
  other: IndexedModel,
  otherIsExact: boolean,
): number {
  const byPriority = other.priority - one.priority;
  if (byPriority !== 0) return byPriority;
  return oneIsExact === otherIsExact ? compareEqualPriority(one, other) : oneIsExact ? -1 : 1;
}

/**
 * Explains why `one` ranks before `other`: the first difference in the order of {@link compareSpelled}. `spelling` is the
 * model name in the selector, or null if the selector has none.
 */
export function explainOrder(one: IndexedModel, other: IndexedModel, spelling: string | null): string {
  if (one.priority !== other.priority) return `priority ${one.priority} over ${other.priority}`;
  if (spelling !== null && one.isSpelled(spelling) && !other.isSpelled(spelling))
    return 'exact spelling of the name';
  const [conditions, otherConditions] = [one.shape.conditions, other.shape.conditions];
  if (conditions !== otherConditions)
    return `more conditions in its rule (${conditions} over ${otherConditions})`;
  return one.isDefault === other.isDefault ? 'it is older' : "it is its provider's default";
}

function compareEqualPriority(one: IndexedModel, other: IndexedModel): number {
  const bySpecificity = other.shape.conditions - one.shape.conditions;
  if (bySpecificity !== 0) return bySpecificity;
  if (one.isDefault !== other.isDefault) return one.isDefault ? -1 : 1;
  return compareText(one.id, other.id);
}

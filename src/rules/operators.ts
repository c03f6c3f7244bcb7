/** Operators that combine rules. A rule contains them beside its paths. */
const RULE_OPERATORS = ['$and', '$or', '$nor', '$not'] as const;

/** Operators that compare the value at a path. `$not` is also allowed under a path. */
const VALUE_OPERATORS = [
  '$eq',
  '$ne',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$in',
  '$nin',
  '$exists',
  '$contains',
  '$startsWith',
  '$endsWith',
  '$regex',
] as const;

export type RuleOperator = (typeof RULE_OPERATORS)[number];
export type ValueOperator = (typeof VALUE_OPERATORS)[number];

export const OPERATORS: readonly string[] = [...VALUE_OPERATORS, ...RULE_OPERATORS];

/** Enough for typing errors, too few to suggest a different word. */
const MAX_EDITS = 2;

export function isOperatorName(key: string): boolean {
  return key.startsWith('$');
}

export function isRuleOperator(name: string): name is RuleOperator {
  return (RULE_OPERATORS as readonly string[]).includes(name);
}

export function isValueOperator(name: string): name is ValueOperator {
  return (VALUE_OPERATORS as readonly string[]).includes(name);
}

/** Returns the operator most similar to a misspelt name, or null if more than half of its letters differ. */
export function nearestOperator(name: string): string | null {
  const candidates = OPERATORS.map((operator) => ({
    operator,
    distance: editDistance(name.slice(0, 32).toLowerCase(), operator.toLowerCase()),
  }));
  const [nearest] = candidates.sort((left, right) => left.distance - right.distance);
  const maxEdits = Math.min(MAX_EDITS, (name.length - 1) / 2);
  return nearest && nearest.distance <= maxEdits ? nearest.operator : null;
}

/** The Levenshtein distance. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [row, character] of [...left].entries()) {
    const current = [row + 1];
    for (let column = 0; column < right.length; column++) {
      const substituted = previous[column]! + (character === right[column] ? 0 : 1);
      current.push(Math.min(substituted, previous[column + 1]! + 1, current[column]! + 1));
    }
    previous = current;
  }
  return previous[right.length]!;
}

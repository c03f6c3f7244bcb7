import { DomainError } from '../../../common/domain-error';
import { explainMatch, explainMismatch } from '../../../rules/compile-rule';
import { equalityKeys, isScalar, valueAt } from '../../../rules/context-value';
import { type RuleContext } from '../../../rules/rule';
import { type ContextKeys, includesKey, KeyCombinations } from './context-keys';
import { type IndexedRule, type ResidualRule } from './indexed-rule';
import { encodePart } from './rule-key';
import { type PathSet } from './rule-shape';

/**
 * The time that one request may spend on testing rules, in milliseconds, because it blocks the event loop. The most
 * expensive rule that `MAX_PATTERN_STEPS` allows takes about 60 ms. A running test is not interrupted, so a request may
 * exceed the limit by one test.
 */
export const MAX_RULE_TIME_MS = 250;

/**
 * Tests rules in the context of one request. All selectors of the request share it, so keys, test results and
 * explanations are computed once.
 */
export class RuleEvaluator {
  private keysByPathSet: Map<PathSet, ContextKeys> | null = null;
  private partsByPath: Map<string, ReadonlySet<string>> | null = null;
  private results: Map<ResidualRule, boolean> | null = null;
  private explanations: Map<string, string> | null = null;
  /** Time spent on tests only, because the caller may ask for a fallback long after the first candidate. */
  private spentMs = 0;

  constructor(readonly context: RuleContext) {}

  /** Returns whether the whole rule matches. Throws `routing.too_costly`. */
  matches(rule: IndexedRule): boolean {
    const { pathSet } = rule.shape;
    return (pathSet === null || includesKey(this.keysOf(pathSet), rule.key)) && this.residualMatches(rule);
  }

  /** Returns whether the residual rule matches. Throws `routing.too_costly` when the time is spent. */
  residualMatches({ residual }: IndexedRule): boolean {
    if (residual === null || residual.predicate === null) return true;
    const { predicate } = residual;
    this.results ??= new Map();
    let matches = this.results.get(residual);
    if (matches === undefined) {
      matches = this.runWithinBudget(() => predicate(this.context));
      this.results.set(residual, matches);
    }
    return matches;
  }

  /** Explains why a rule does not match. Never throws: returns a shorter text when the time is spent. */
  explainMismatch(whenText: string): string {
    return this.explainOnce(whenText, 'does not match', (when) => explainMismatch(when, this.context));
  }

  /** Explains why a rule matches, as `explainMismatch` does. */
  explainMatch(whenText: string): string {
    return this.explainOnce(whenText, 'matches', (when) => explainMatch(when, this.context));
  }

  /** Runs work that counts against the time limit. Throws `routing.too_costly` when the time is spent. */
  runWithinBudget<Result>(work: () => Result): Result {
    if (this.isSpent) throw tooCostly();
    const start = performance.now();
    const result = work();
    this.spentMs += performance.now() - start;
    return result;
  }

  /** Computes the keys of the context for a path set, without caching. */
  readKeys(pathSet: PathSet): ContextKeys {
    let key = '';
    let hasArray = false;
    for (const path of pathSet.paths) {
      const value = valueAt(this.context, path);
      if (Array.isArray(value)) hasArray = true;
      else if (!isScalar(value)) return null;
      else key += encodePart(value);
    }
    return hasArray ? new KeyCombinations(pathSet.paths.map((path) => this.partsAt(path))) : key;
  }

  private keysOf(pathSet: PathSet): ContextKeys {
    this.keysByPathSet ??= new Map();
    let keys = this.keysByPathSet.get(pathSet);
    if (keys === undefined) {
      keys = this.readKeys(pathSet);
      this.keysByPathSet.set(pathSet, keys);
    }
    return keys;
  }

  /** Cached, because an array may be long and thousands of path sets may have its path. */
  private partsAt(path: string): ReadonlySet<string> {
    this.partsByPath ??= new Map();
    let parts = this.partsByPath.get(path);
    if (parts === undefined) {
      parts = new Set(equalityKeys(valueAt(this.context, path)).map(encodePart));
      this.partsByPath.set(path, parts);
    }
    return parts;
  }

  private explainOnce(whenText: string, outcome: string, explain: (when: unknown) => string | null): string {
    this.explanations ??= new Map();
    let explanation = this.explanations.get(whenText);
    if (explanation === undefined) {
      if (this.isSpent) return `${outcome}; explaining why takes too long`;
      explanation = this.runWithinBudget(() => explain(JSON.parse(whenText)) ?? outcome);
      this.explanations.set(whenText, explanation);
    }
    return explanation;
  }

  private get isSpent(): boolean {
    return this.spentMs > MAX_RULE_TIME_MS;
  }
}

function tooCostly(): DomainError {
  return new DomainError(
    'invalid',
    'routing.too_costly',
    `Testing the rules for this request takes more than ${MAX_RULE_TIME_MS} ms. Simplify their patterns, shorten long ` +
      'lists in the rules or in the context, or name the model as "provider^model".',
  );
}

import {
  explainMatch,
  explainMismatch,
  explainValidMismatch,
  InvalidRuleError,
} from '../../../rules/compile-rule';
import { equalityKeys, isScalar, isSeveral, valueAt } from '../../../rules/context-value';
import { InvalidPatternError } from '../../../rules/pattern';
import { PatternCache } from '../../../rules/pattern-cache';
import { type Evaluation, type RuleContext } from '../../../rules/rule';
import { type ContextKeys, includesKey, KeyCombinations } from './context-keys';
import { type IndexedRule, type ResidualRule, ruleText } from './indexed-rule';
import { encodePart } from './rule-key';
import { type PathSet } from './rule-shape';
import { RuleTimeBudget } from './rule-time-budget';

export const CORRUPT_RULE = 'the stored rule is corrupt; save it again';

/**
 * Tests rules in the context of one request. All selectors of the request share it, so keys, test results and
 * explanations are computed once, and all tests share one budget.
 */
export class RuleEvaluator implements Evaluation {
  readonly budget = new RuleTimeBudget();
  private keysByPathSet: Map<PathSet, ContextKeys> | null = null;
  private partsByPath: Map<string, ReadonlySet<string>> | null = null;
  private results: Map<ResidualRule, boolean> | null = null;
  private explanations: Map<object, string> | null = null;

  /** Without `patterns`, compiled patterns are kept for this request only. */
  constructor(
    readonly context: RuleContext,
    readonly patterns = new PatternCache(),
  ) {}

  beforeCondition(): void {
    this.budget.assertLeft();
  }

  /** Returns whether the whole rule matches. Throws `routing.too_costly`. */
  matches(rule: IndexedRule): boolean {
    const { pathSet } = rule.shape;
    return (pathSet === null || includesKey(this.keysOf(pathSet), rule.key)) && this.residualMatches(rule);
  }

  /** Returns whether the residual rule matches. Throws `routing.too_costly` when the time is spent. */
  residualMatches({ residual }: IndexedRule): boolean {
    if (residual === null || residual.predicate === null) return true;
    this.results ??= new Map();
    let matches = this.results.get(residual);
    if (matches === undefined) {
      matches = this.test(residual.predicate);
      this.results.set(residual, matches);
    }
    return matches;
  }

  /** Explains why a rule does not match. Never throws: returns a shorter text when the time is spent. */
  explainMismatch(rule: IndexedRule): string {
    return this.explainOnce(rule, 'does not match', (when) => explainMismatch(when, this));
  }

  /** Explains why a rule matches, as `explainMismatch` does. */
  explainMatch(rule: IndexedRule): string {
    return this.explainOnce(rule, 'matches', (when) => explainMatch(when, this));
  }

  /** Explains why a valid `when` does not match. Returns null if it matches. Throws `routing.too_costly`. */
  check(when: unknown): string | null {
    return this.budget.run(() => explainValidMismatch(when, this));
  }

  /** Computes the keys of the context for a path set, without caching. */
  readKeys(pathSet: PathSet): ContextKeys {
    let key = '';
    let hasArray = false;
    for (const path of pathSet.paths) {
      const value = valueAt(this.context, path);
      if (isSeveral(value)) hasArray = true;
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

  /** A rule with a corrupt pattern never matches. */
  private test(predicate: (evaluation: Evaluation) => boolean): boolean {
    try {
      return this.budget.run(() => predicate(this));
    } catch (error) {
      if (error instanceof InvalidPatternError) return false;
      throw error;
    }
  }

  private explainOnce(rule: IndexedRule, outcome: string, explain: (when: unknown) => string | null): string {
    const key = rule.residual ?? rule;
    this.explanations ??= new Map();
    let explanation = this.explanations.get(key);
    if (explanation === undefined) {
      explanation = this.explainInTime(rule, outcome, explain);
      this.explanations.set(key, explanation);
    }
    return explanation;
  }

  private explainInTime(
    rule: IndexedRule,
    outcome: string,
    explain: (when: unknown) => string | null,
  ): string {
    const tooLong = `${outcome}; explaining why takes too long`;
    if (this.budget.isSpent) return tooLong;
    try {
      return this.budget.run(() => explain(JSON.parse(ruleText(rule))) ?? outcome);
    } catch (error) {
      if (error instanceof InvalidRuleError) return CORRUPT_RULE;
      if (this.budget.isSpent) return tooLong;
      throw error;
    }
  }
}

import { DomainError } from '../../../common/domain-error';
import { explainMatch, explainMismatch } from '../../../rules/compile-rule';
import { equalityKeys, isScalar, valueAt } from '../../../rules/context-value';
import { type RuleContext } from '../../../rules/rule';
import { type ContextKeys, includesKey, KeyCombinations } from './context-keys';
import { type IndexedRule, type ResidualRule } from './indexed-rule';
import { encodePart } from './rule-key';
import { type PathSet } from './rule-shape';

/**
 * Milliseconds that one request may spend on testing rules, for Node answers nobody else meanwhile. One rule at the
 * bounds of `MAX_PATTERN_STEPS` takes some 60 ms, so a hundred of them, which any account may save, would stop the
 * service for seconds; all the rules that an honest request meets take less than one. A test under way is not
 * interrupted: it may overrun by its own time.
 */
export const MAX_RULE_TIME_MS = 250;

/**
 * The context of one request under test. Shared by all its selectors, so that nothing is worked out twice: neither what
 * the context has at a pathSet's paths, nor whether a rule holds, nor why not.
 */
export class RuleEvaluator {
  private keysByPathSet: Map<PathSet, ContextKeys> | null = null;
  private partsByPath: Map<string, ReadonlySet<string>> | null = null;
  private results: Map<ResidualRule, boolean> | null = null;
  private explanations: Map<string, string> | null = null;
  /** Milliseconds, of work only: a fallback may be asked for long after the choice. */
  private spentMs = 0;

  constructor(readonly context: RuleContext) {}

  /** Throws `routing.too_costly`, as `restHolds` does. */
  matches(rule: IndexedRule): boolean {
    const { pathSet } = rule.shape;
    return (pathSet === null || includesKey(this.keysOf(pathSet), rule.key)) && this.residualMatches(rule);
  }

  /** What the index has not settled by the rule's key. Throws `routing.too_costly` where the time is up. */
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

  /** Explains why a rule does not match. Returns a shorter text once the time is up, so it never fails the request. */
  explainMismatch(whenText: string): string {
    return this.explainOnce(whenText, 'does not match', (when) => explainMismatch(when, this.context));
  }

  /** Explains why a rule matches, as `explainMismatch` does. */
  explainMatch(whenText: string): string {
    return this.explainOnce(whenText, 'matches', (when) => explainMatch(when, this.context));
  }

  /** Does a part of the work within the time. Throws `routing.too_costly` where there is none left. */
  runWithinBudget<Result>(work: () => Result): Result {
    if (this.isSpent) throw tooCostly();
    const start = performance.now();
    const result = work();
    this.spentMs += performance.now() - start;
    return result;
  }

  /** For one question only: `holds`, which asks the same of many rules, remembers. */
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

  /** An array may be long, and thousands of pathSets may have its path. */
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
    `Testing the rules that this request asks for takes more than ${MAX_RULE_TIME_MS} ms. Simplify their patterns ` +
      'and shorten their long lists, send shorter lists in the context, or name the model: "provider^model".',
  );
}

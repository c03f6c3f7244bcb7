import { DomainError } from '../../../common/domain-error';
import { explainMatch, explainMismatch } from '../../../rules/compile-rule';
import { equalityKeys, isScalar, valueAt } from '../../../rules/context-value';
import { type RuleContext } from '../../../rules/rule';
import { type ContextKeys, includesKey, SeveralKeys } from './context-keys';
import { type IndexedRule, type ResidualRule } from './indexed-rule';
import { keyPart } from './rule-key';
import { type Signature } from './rule-shape';

/**
 * Milliseconds that one request may spend on testing rules, for Node answers nobody else meanwhile. One rule at the
 * bounds of `MAX_PATTERN_STEPS` takes some 60 ms, so a hundred of them, which any account may save, would stop the
 * service for seconds; all the rules that an honest request meets take less than one. A test under way is not
 * interrupted: it may overrun by its own time.
 */
export const MAX_RULE_TIME_MS = 250;

/**
 * The context of one request under test. Shared by all its selectors, so that nothing is worked out twice: neither what
 * the context has at a signature's paths, nor whether a rule holds, nor why not.
 */
export class RuleEvaluator {
  private keys: Map<Signature, ContextKeys> | null = null;
  private arrays: Map<string, ReadonlySet<string>> | null = null;
  private tested: Map<ResidualRule, boolean> | null = null;
  private explanations: Map<string, string> | null = null;
  /** Milliseconds, of work only: a fallback may be asked for long after the choice. */
  private spent = 0;

  constructor(readonly context: RuleContext) {}

  /** Throws `routing.too_costly`, as `restHolds` does. */
  matches(rule: IndexedRule): boolean {
    const { signature } = rule.shape;
    return (
      (signature === null || includesKey(this.keysOf(signature), rule.key)) && this.remainderMatches(rule)
    );
  }

  /** What the index has not settled by the rule's key. Throws `routing.too_costly` where the time is up. */
  remainderMatches({ remainder }: IndexedRule): boolean {
    if (remainder === null || remainder.predicate === null) return true;
    const { predicate } = remainder;
    this.tested ??= new Map();
    let matches = this.tested.get(remainder);
    if (matches === undefined) {
      matches = this.runWithinBudget(() => predicate(this.context));
      this.tested.set(remainder, matches);
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
    this.spent += performance.now() - start;
    return result;
  }

  /** For one question only: `holds`, which asks the same of many rules, remembers. */
  readKeys(signature: Signature): ContextKeys {
    let key = '';
    let hasArray = false;
    for (const path of signature.paths) {
      const value = valueAt(this.context, path);
      if (Array.isArray(value)) hasArray = true;
      else if (!isScalar(value)) return null;
      else key += keyPart(value);
    }
    return hasArray ? new SeveralKeys(signature.paths.map((path) => this.partsAt(path))) : key;
  }

  private keysOf(signature: Signature): ContextKeys {
    this.keys ??= new Map();
    let keys = this.keys.get(signature);
    if (keys === undefined) {
      keys = this.readKeys(signature);
      this.keys.set(signature, keys);
    }
    return keys;
  }

  /** An array may be long, and thousands of signatures may have its path. */
  private partsAt(path: string): ReadonlySet<string> {
    this.arrays ??= new Map();
    let parts = this.arrays.get(path);
    if (parts === undefined) {
      parts = new Set(equalityKeys(valueAt(this.context, path)).map(keyPart));
      this.arrays.set(path, parts);
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
    return this.spent > MAX_RULE_TIME_MS;
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

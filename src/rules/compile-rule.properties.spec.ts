import fc from 'fast-check';
import { Query } from 'mingo';
import type { JsonObject } from '../common/json-object';
import { compileRule, ruleProblems } from './compile-rule';
import { equalityKeys, valueAt } from './context-value';
import { matches } from './fixtures/matches';
import { referenceMatches } from './fixtures/reference-evaluator';
import { contexts, everyPart, rulesOf, scalars, sharedOperators } from './fixtures/rule-arbitraries';
import { evaluationOf, matchOf, mismatchOf } from './fixtures/unlimited-time';
import { type RuleContext } from './rule';

const seed = Math.floor(Math.random() * 2 ** 31);
const options = { seed, numRuns: 5_000 };

/** The arbitrary also generates rules with more than 50 conditions, which are invalid. */
const rules = rulesOf(everyPart).filter((rule) => ruleProblems(rule, '').length === 0);

function check(assertion: (rule: Record<string, unknown>, context: RuleContext) => void): void {
  fc.assert(fc.property(rules, contexts, assertion), options);
}

describe(`compileRule for any rule and context (seed ${seed})`, () => {
  it('agrees with the reference evaluator', () => {
    check((rule, context) => {
      expect(matches(compileRule(rule), context)).toBe(referenceMatches(rule, context));
    });
  });

  it('is tested with many rules that match and many that do not', () => {
    const sample = fc.sample(fc.tuple(rules, contexts), { seed, numRuns: 1_000 });
    const matching = sample.filter(([rule, context]) => referenceMatches(rule, context)).length;
    expect(matching).toBeGreaterThan(150);
    expect(matching).toBeLessThan(850);
  });

  it('returns equalities and a predicate that together decide the match', () => {
    check((rule, context) => {
      const { equalities, predicate } = compileRule(rule);
      const isFound = equalities.every(({ path, value }) =>
        equalityKeys(valueAt(context, path)).includes(value),
      );
      expect(isFound && (predicate === null || predicate(evaluationOf(context)))).toBe(
        referenceMatches(rule, context),
      );
    });
  });

  it('has a mismatch explanation exactly if it does not match', () => {
    check((rule, context) => {
      expect(mismatchOf(rule, context) === null).toBe(matches(compileRule(rule), context));
    });
  });

  it('changes neither the rule nor the context', () => {
    check((rule, context) => {
      const before = JSON.stringify([rule, context]);
      matches(compileRule(rule), context);
      if (mismatchOf(rule, context) === null) matchOf(rule, context);
      expect(JSON.stringify([rule, context])).toBe(before);
    });
  });

  it('ignores the order of the keys', () => {
    check((rule, context) => {
      const reversed = Object.fromEntries(Object.entries(rule).reverse());
      expect(matches(compileRule(reversed), context)).toBe(matches(compileRule(rule), context));
      expect(compileRule(reversed).equalities).toEqual(compileRule(rule).equalities);
    });
  });
});

describe(`ruleProblems for any JSON (seed ${seed})`, () => {
  const key = fc.constantFrom(
    'a',
    'a.b',
    '$eq',
    '$gt',
    '$in',
    '$not',
    '$or',
    '$regex',
    '$exists',
    '$x',
    '',
    'a..b',
  );
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      scalars,
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(key, tie('json'), { maxKeys: 3 }),
    ),
  }));

  it('returns no problems exactly if the rule compiles', () => {
    const compiles = (when: unknown): boolean => {
      try {
        compileRule(when);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(json, (when) => expect(compiles(when)).toBe(ruleProblems(when, '').length === 0)),
      options,
    );
  });

  it('returns pointers that exist in the rule', () => {
    const hasPointer = (value: unknown, [segment, ...others]: string[]): boolean =>
      segment === undefined || hasPointer((value as Record<string, unknown>)[segment], others);
    fc.assert(
      fc.property(json, (when) => {
        for (const { pointer } of ruleProblems(when, '')) {
          expect(hasPointer(when, pointer.split('/').slice(1))).toBe(true);
        }
      }),
      options,
    );
  });
});

describe(`compileRule for rules that mingo supports (seed ${seed})`, () => {
  const text = fc.constantFrom('a', 'ab', 'b', '1');
  // No null: in MongoDB it also equals a missing path.
  const known = fc.oneof(text, fc.constantFrom(-1, 0, 1, 1.5), fc.boolean());
  // mingo cannot hash objects without a prototype.
  const plain = { noNullPrototype: true };
  // Arrays contain only scalars, because in MongoDB an object equals an array that contains it.
  const leaf = fc.oneof(known, fc.array(known, { maxLength: 3 }));
  const { context } = fc.letrec<{ context: Record<string, unknown> }>((tie) => ({
    context: fc.record(
      { a: fc.oneof({ maxDepth: 2 }, known, tie('context')), b: leaf, c: leaf },
      { requiredKeys: [], ...plain },
    ),
  }));
  const sharedRules = rulesOf({
    path: fc.constantFrom('a', 'b', 'c', 'b.0', 'b.1', 'a.a', 'a.b', 'a.b.0', 'a.c', 'a.a.b', 'a.a.c'),
    equal: fc.oneof(known, fc.array(known, { maxLength: 2 }), fc.record({ a: known, b: known }, plain)),
    // No arrays: in a list, mingo compares their items and MongoDB the array itself.
    listed: known,
    // $contains, $startsWith and $endsWith are not MongoDB operators.
    operators: sharedOperators,
    // MongoDB allows $not only under a path.
    negatesRules: false,
  }).filter((rule) => ruleProblems(rule, '').length === 0);

  // mingo treats the values of items as one array, and nests those of arrays in arrays. So each item has a value, no
  // operand is an array, and no path leads through two arrays.
  const items = fc.array(fc.record({ d: known, e: known }, plain), { minLength: 1, maxLength: 3 });
  const rulesOfItems = rulesOf({
    path: fc.constantFrom('items.d', 'items.e', 'items.0.d', 'items.1.e', 'list.items.d'),
    equal: known,
    listed: known,
    operators: sharedOperators,
    negatesRules: false,
  }).filter((rule) => ruleProblems(rule, '').length === 0);
  const contextWithItems = fc.record({ items, list: fc.record({ items }, plain) }, plain);

  it.each<[string, fc.Arbitrary<JsonObject>, fc.Arbitrary<Record<string, unknown>>]>([
    ['the same contexts', sharedRules, context],
    ['the same arrays of objects', rulesOfItems, contextWithItems],
  ])('matches %s as mingo', (_, tried, contexts) => {
    fc.assert(
      fc.property(tried, contexts, (rule, input) => {
        expect(matches(compileRule(rule), input)).toBe(new Query(rule, {}).test(input));
      }),
      options,
    );
  });
});

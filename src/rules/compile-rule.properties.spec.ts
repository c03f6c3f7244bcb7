import fc from 'fast-check';
import { Query } from 'mingo';
import { compileRule, explainRule, ruleProblems } from './compile-rule';
import { equalityKeys, valueAt } from './context-value';
import { matches } from './fixtures/matches';
import { referenceMatches } from './fixtures/reference-evaluator';
import { contexts, everyPart, rulesOf, scalars, sharedOperators } from './fixtures/rule-arbitraries';
import { type RuleContext } from './rule';

const seed = Math.floor(Math.random() * 2 ** 31);
const options = { seed, numRuns: 5_000 };

/** Rules with more than 50 conditions are valid to the arbitrary only. */
const rules = rulesOf(everyPart).filter((rule) => ruleProblems(rule, '').length === 0);

function check(holds: (rule: Record<string, unknown>, context: RuleContext) => void): void {
  fc.assert(fc.property(rules, contexts, holds), options);
}

describe(`a compiled rule, for any context (seed ${seed})`, () => {
  it('holds where the specification says so', () => {
    check((rule, context) => {
      expect(matches(compileRule(rule), context)).toBe(referenceMatches(rule, context));
    });
  });

  it('holds and fails about as often, or this would test little', () => {
    const sample = fc.sample(fc.tuple(rules, contexts), { seed, numRuns: 1_000 });
    const held = sample.filter(([rule, context]) => referenceMatches(rule, context)).length;
    expect(held).toBeGreaterThan(150);
    expect(held).toBeLessThan(850);
  });

  it('holds if every equality is among the keys of its value and the rest holds: an index loses nothing', () => {
    check((rule, context) => {
      const { equalities, predicate } = compileRule(rule);
      const isFound = equalities.every(({ path, value }) =>
        equalityKeys(valueAt(context, path)).includes(value),
      );
      expect(isFound && (predicate === null || predicate(context))).toBe(referenceMatches(rule, context));
    });
  });

  it('is explained where it does not hold, and only there', () => {
    check((rule, context) => {
      expect(explainRule(rule, context) === null).toBe(matches(compileRule(rule), context));
    });
  });

  it('neither changes the rule nor the context', () => {
    check((rule, context) => {
      const before = JSON.stringify([rule, context]);
      matches(compileRule(rule), context);
      explainRule(rule, context);
      expect(JSON.stringify([rule, context])).toBe(before);
    });
  });

  it('means the same whatever the order of its keys', () => {
    check((rule, context) => {
      const reversed = Object.fromEntries(Object.entries(rule).reverse());
      expect(matches(compileRule(reversed), context)).toBe(matches(compileRule(rule), context));
      expect(compileRule(reversed).equalities).toEqual(compileRule(rule).equalities);
    });
  });
});

describe(`ruleProblems, for any JSON (seed ${seed})`, () => {
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

  it('is empty exactly where the rule compiles', () => {
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

  it('points into the rule', () => {
    const isThere = (value: unknown, [segment, ...others]: string[]): boolean =>
      segment === undefined || isThere((value as Record<string, unknown>)[segment], others);
    fc.assert(
      fc.property(json, (when) => {
        for (const { pointer } of ruleProblems(when, '')) {
          expect(isThere(when, pointer.split('/').slice(1))).toBe(true);
        }
      }),
      options,
    );
  });
});

describe(`rules that mingo knows too (seed ${seed})`, () => {
  const text = fc.constantFrom('a', 'ab', 'b', '1');
  // No null: to MongoDB it equals what is missing as well.
  const known = fc.oneof(text, fc.constantFrom(-1, 0, 1, 1.5), fc.boolean());
  // No objects without a prototype: mingo cannot hash them.
  const plain = { noNullPrototype: true };
  // Arrays of scalars, and names lead into `a` only: MongoDB looks through arrays for what names the items have, and
  // equates an object with an array that has it.
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
    // No arrays: mingo takes one in a list for its items, MongoDB for itself.
    listed: known,
    // $contains, $startsWith and $endsWith are ours.
    operators: sharedOperators,
    // MongoDB has $not under a path only.
    negatesRules: false,
  }).filter((rule) => ruleProblems(rule, '').length === 0);

  it('hold for the same contexts', () => {
    fc.assert(
      fc.property(sharedRules, context, (rule, found) => {
        expect(matches(compileRule(rule), found)).toBe(new Query(rule, {}).test(found));
      }),
      options,
    );
  });
});

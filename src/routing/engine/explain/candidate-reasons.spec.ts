import fc from 'fast-check';
import { foldCase } from '../../../common/identity-key';
import { compileRule } from '../../../rules/compile-rule';
import { type Selector } from '../../../selectors/selector';
import { resolveNaively } from '../fixtures/naive-resolver';
import { contexts, registries, selectors } from '../fixtures/registry-arbitraries';
import { modelRow, providerRow, selectorOf, tableOf } from '../fixtures/registry-rows';
import { type RoutedModel } from '../model/routed-registry';
import { resolve } from '../resolve';
import { RoutingTable } from '../routing-table';
import { explain } from './explain';

function reasonsOf(table: RoutingTable, texts: readonly string[], context: object = {}): string[] {
  const parsed = texts.map(selectorOf);
  const { considered } = explain(table, parsed, resolve(table, parsed, { ...context }));
  return considered.filter(({ outcome }) => outcome !== 'excluded').map(({ reason }) => reason);
}

const ranked = (reason: string) => /^(.*?)(?:; ranked before (.*?\^.*?): (.*))?$/su.exec(reason)!.slice(1);

describe('the reason of a candidate', () => {
  const main = providerRow('main');
  const spare = providerRow('spare');
  const pro = { when: { tier: 'pro' } };

  it.each<[string, RoutedModel[], string[], string[]]>([
    [
      'the higher priority',
      [modelRow(main, 'a', { tags: ['t'], priority: 10 }), modelRow(main, 'b', { tags: ['t'], priority: 5 })],
      ['#t'],
      ['no rule; ranked before main^b: priority 10 over 5', 'no rule'],
    ],
    [
      'the more specific rule',
      [
        modelRow(main, 'a', { tags: ['t'], ...pro }),
        modelRow(main, 'b', { tags: ['t'], when: { tier: 'pro', n: { $gte: 5 } } }),
      ],
      ['#t'],
      [
        'when: /tier is "pro" and /n is at least 5 (got 8); ranked before main^a: more conditions in its rule (2 over 1)',
        'when: /tier is "pro"',
      ],
    ],
    [
      'the default model and the age',
      [
        modelRow(main, 'a', { tags: ['t'] }),
        modelRow(main, 'b', { tags: ['t'] }),
        modelRow(main, 'c', { tags: ['t'], isDefault: true }),
      ],
      ['#t'],
      [
        "no rule; ranked before main^a: it is its provider's default",
        'no rule; ranked before main^b: it is older',
        'no rule',
      ],
    ],
    [
      'the exact spelling',
      [modelRow(main, 'GPT', pro), modelRow(spare, 'gpt')],
      ['gpt'],
      ['no rule; ranked before main^GPT: exact spelling of the name', 'when: /tier is "pro"'],
    ],
    [
      'the selectors and ignored rules',
      [modelRow(main, 'a', { when: { never: 1 }, isDefault: true }), modelRow(spare, 'b', { tags: ['t'] })],
      ['spare^b', 'main^', 'main^a'],
      [
        'named by provider and model; ranked before main^a: "spare^b" precedes "main^" in selectors',
        "the provider's default model, so its rule is ignored",
      ],
    ],
    [
      'a rule over a default for auto',
      [modelRow(main, 'a', { isDefault: true, priority: 9 }), modelRow(spare, 'b', pro)],
      ['auto'],
      [
        'when: /tier is "pro"; ranked before main^a: models whose rule matches precede defaults without a rule',
        "its provider's default model, without a rule",
      ],
    ],
  ])('names %s', (_name, models, texts, reasons) => {
    expect(reasonsOf(tableOf(main, spare, ...models), texts, { tier: 'pro', n: 8 })).toEqual(reasons);
  });

  it('is true of every candidate and its successor, for any registry and request', () => {
    const requests = fc.array(fc.tuple(fc.array(selectors, { minLength: 1, maxLength: 3 }), contexts), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(registries, requests, (registry, asked) => {
        const table = RoutingTable.build(1, registry.providers, registry.models);
        for (const [texts, context] of asked) {
          const ids = resolveNaively(registry, texts, context);
          const models = ids.map((id) => registry.models.find((model) => model.id === id)!);
          // The first selector that names a candidate on its own.
          const idsByText = texts.map((text) => resolveNaively(registry, [text], context));
          const found = ids.map((id) => idsByText.findIndex((named) => named.includes(id)));
          const reasons = reasonsOf(table, texts, context);
          expect(reasons).toHaveLength(ids.length);
          for (const [index, reason] of reasons.entries()) {
            const [eligibility, next, ranking] = ranked(reason);
            const [model, selector] = [models[index]!, selectorOf(texts[found[index]!]!)];
            expectEligible(eligibility!, model, selector);
            if (index === ids.length - 1) {
              expect(next).toBeUndefined();
              continue;
            }
            const successor = models[index + 1]!;
            const provider = registry.providers.find(({ id }) => id === successor.providerId)!;
            expect(next).toBe(`${provider.name}^${successor.model}`);
            const nextSelector = selectorOf(texts[found[index + 1]!]!);
            const isSameSelector = found[index] === found[index + 1];
            expectRanked(ranking!, [model, selector], [successor, nextSelector], isSameSelector);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

const conditionsOf = ({ whenText }: RoutedModel) => compileRule(JSON.parse(whenText)).conditions;

function expectEligible(text: string, model: RoutedModel, { kind, name }: Selector): void {
  if (kind === 'exact') {
    const isAlias = foldCase(model.model) !== foldCase(name);
    expect(text.replace(', so its rule is ignored', '')).toBe(
      `named by provider and ${isAlias ? 'alias' : 'model'}`,
    );
    expect(model.aliases.some((alias) => foldCase(alias) === foldCase(name))).toBe(isAlias);
  } else if (kind === 'default') {
    expect(text).toMatch(/^the provider's default model(, so its rule is ignored)?$/);
    expect(model.isDefault).toBe(true);
  } else if (text.startsWith('when: ')) {
    expect(conditionsOf(model)).toBeGreaterThan(0);
    expect(text.length).toBeGreaterThan('when: '.length);
  } else {
    expect(text).toBe(kind === 'auto' ? "its provider's default model, without a rule" : 'no rule');
    expect(conditionsOf(model)).toBe(0);
    if (kind === 'auto') expect(model.isDefault).toBe(true);
  }
}

/** Expects the stated reason to be the first difference in the order. */
function expectRanked(
  text: string,
  [one, selector]: [RoutedModel, Selector],
  [next, nextSelector]: [RoutedModel, Selector],
  isSameSelector: boolean,
): void {
  if (!isSameSelector) {
    expect(text).toBe(
      `${JSON.stringify(selector.text)} precedes ${JSON.stringify(nextSelector.text)} in selectors`,
    );
    return;
  }
  const [conditions, nextConditions] = [conditionsOf(one), conditionsOf(next)];
  if (selector.kind === 'auto' && conditions > 0 && nextConditions === 0) {
    expect(text).toBe('models whose rule matches precede defaults without a rule');
    return;
  }
  if (one.priority !== next.priority) {
    expect(one.priority).toBeGreaterThan(next.priority);
    expect(text).toBe(`priority ${one.priority} over ${next.priority}`);
    return;
  }
  const isSpelled = ({ model, aliases }: RoutedModel) => [model, ...aliases].includes(selector.name ?? '');
  if (selector.kind === 'model' && isSpelled(one) !== isSpelled(next)) {
    expect(isSpelled(one)).toBe(true);
    expect(text).toBe('exact spelling of the name');
    return;
  }
  if (conditions !== nextConditions) {
    expect(conditions).toBeGreaterThan(nextConditions);
    expect(text).toBe(`more conditions in its rule (${conditions} over ${nextConditions})`);
    return;
  }
  if (one.isDefault !== next.isDefault) {
    expect(one.isDefault).toBe(true);
    expect(text).toBe("it is its provider's default");
    return;
  }
  expect(one.id < next.id).toBe(true);
  expect(text).toBe('it is older');
}

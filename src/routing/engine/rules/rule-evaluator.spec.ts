import { RE2Set } from 're2js';
import { type DomainError } from '../../../common/domain-error';
import { type Selector } from '../../../selectors/selector';
import { explain } from '../explain/explain';
import { noRoute } from '../explain/no-route';
import { modelRow, providerRow, selectorOf, tableOf } from '../fixtures/registry-rows';
import { resolve } from '../resolve';
import { RuleEvaluator } from './rule-evaluator';
import { MAX_RULE_TIME_MS } from './rule-time-budget';

const main = providerRow('main');

/** A table of models with one pattern each. The patterns match a text of letters, or never match. */
function patternTable(count: number, { matches }: { matches: boolean }) {
  const models = Array.from({ length: count }, (_, index) =>
    modelRow(main, `m${index}`, {
      tags: ['rx', 'other'],
      when: { text: { $regex: `${matches ? '^' : '[0-9]'}[a-z]{1,${index + 1}}` } },
    }),
  );
  return tableOf(main, ...models);
}

/** A context that counts the reads of `text`: each test of a rule reads it once. */
function countedContext(onRead: () => void = () => undefined) {
  const counted = { reads: 0, context: {} };
  const get = () => {
    counted.reads++;
    onRead();
    return 'abc';
  };
  Object.defineProperty(counted.context, 'text', { enumerable: true, get });
  return counted;
}

describe('RuleEvaluator', () => {
  // The clock stands still, because a busy machine could spend the time for rules.
  beforeEach(() => {
    jest.spyOn(performance, 'now').mockReturnValue(0);
  });

  afterEach(() => jest.restoreAllMocks());

  const selectors = [
    ...Array.from({ length: 32 }, () => selectorOf('#rx')),
    ...['#other', 'm1', 'auto', 'main^#rx', '# rx'].map(selectorOf),
  ];

  it('tests each rule once for all selectors', () => {
    const table = patternTable(100, { matches: true });
    const counted = countedContext();
    const resolution = resolve(table, selectors, counted.context);
    expect([...resolution]).toHaveLength(100);
    expect(counted.reads).toBe(100);
    expect([...resolution]).toHaveLength(100);
    expect(counted.reads).toBe(100);
  });

  it('compiles the patterns of a table once, whatever other tables and checks compile', () => {
    const compile = jest.spyOn(RE2Set.prototype, 'compile');
    const context = { text: 'abc' };
    const table = patternTable(20, { matches: true });
    const ids = () => [...resolve(table, selectors, context)].length;
    expect([ids(), compile.mock.calls.length]).toEqual([20, 20]);
    const others = patternTable(200, { matches: false });
    expect([...resolve(others, selectors, context)]).toHaveLength(0);
    for (let index = 0; index < 200; index++) {
      new RuleEvaluator(context).check({ text: { $regex: `^.{${index}}` } });
    }
    compile.mockClear();
    expect([ids(), compile.mock.calls.length]).toEqual([20, 0]);
  });

  it.each([true, false])('reads a value once more to explain a rule (matching: %s)', (matches) => {
    const table = patternTable(4, { matches });
    const counted = countedContext();
    const resolution = resolve(table, selectors, counted.context);
    expect([...resolution]).toHaveLength(matches ? 4 : 0);
    expect(counted.reads).toBe(4);
    expect(explain(table, selectors, resolution).considered).toHaveLength(4);
    expect(explain(table, selectors, resolution).considered).toHaveLength(4);
    if (!matches) noRoute(table, selectors, resolution);
    expect(counted.reads).toBe(8);
  });

  it('iterates a long array once for all rules on its path', () => {
    const models = Array.from({ length: 500 }, (_, index) =>
      modelRow(main, `m${index}`, { when: { a: 1, [`key${index}`]: index } }),
    );
    let passes = 0;
    const a = new Proxy([0, 1, 2], {
      get: (target, key, receiver): unknown => {
        if (key === '1') passes++;
        return Reflect.get(target, key, receiver);
      },
    });
    const keys = Object.fromEntries(models.map((_, index) => [`key${index}`, index]));
    expect([...resolve(tableOf(main, ...models), [selectorOf('auto')], { a, ...keys })]).toHaveLength(500);
    expect(passes).toBe(1);
  });

  describe('with a clock', () => {
    const COST = 60;
    let time = 0;

    beforeEach(() => {
      jest.spyOn(performance, 'now').mockImplementation(() => time);
    });

    const slowContext = () => countedContext(() => (time += COST));
    const tooCostly = expect.objectContaining<Partial<DomainError>>({
      kind: 'invalid',
      code: 'routing.too_costly',
      detail: expect.stringContaining('more than 250 ms. Simplify their patterns') as string,
    });

    it.each([
      ['one selector', ['#rx']],
      ['equal selectors', ['#rx', '#rx', '#rx']],
      ['different selectors', ['#rx', '#other', 'auto', 'main^#rx']],
    ])('throws routing.too_costly once the time for rules is spent: %s', (_name, texts) => {
      const counted = slowContext();
      const resolution = resolve(
        patternTable(100, { matches: false }),
        texts.map(selectorOf),
        counted.context,
      );
      expect(() => resolution.selected).toThrow(tooCostly);
      expect(() => resolution.selected).toThrow(tooCostly);
      expect(counted.reads).toBe(Math.ceil(MAX_RULE_TIME_MS / COST));
    });

    it('exceeds the time by at most one rule', () => {
      const counted = slowContext();
      const started = time;
      const resolution = resolve(
        patternTable(100, { matches: false }),
        [selectorOf('auto')],
        counted.context,
      );
      expect(() => resolution.selected).toThrow(tooCostly);
      expect(time - started).toBeGreaterThan(MAX_RULE_TIME_MS);
      expect(time - started).toBeLessThanOrEqual(MAX_RULE_TIME_MS + COST);
    });

    const long = { $or: Array.from({ length: 50 }, () => ({ text: { $contains: 'z' } })) };

    it('throws between the conditions of one rule', () => {
      const table = tableOf(main, modelRow(main, 'm', { tags: ['rx'], when: long }));
      const counted = slowContext();
      const resolution = resolve(table, [selectorOf('#rx')], counted.context);
      expect(() => resolution.selected).toThrow(tooCostly);
      expect(counted.reads).toBe(Math.ceil(MAX_RULE_TIME_MS / COST));
    });

    it('throws between the conditions of a rule that is checked without saving it', () => {
      const counted = slowContext();
      expect(() => new RuleEvaluator(counted.context).check(long)).toThrow(tooCostly);
      expect(counted.reads).toBeLessThanOrEqual(2 * Math.ceil(MAX_RULE_TIME_MS / COST));
    });

    it('does not count the time between tests', () => {
      const table = patternTable(4, { matches: true });
      const resolution = resolve(table, [selectorOf('#rx')], slowContext().context);
      const names = [0, 1, 2, 3].map((index) => {
        time += 10_000;
        return resolution.at(index)?.model.model;
      });
      expect(names).toEqual(['m0', 'm1', 'm2', 'm3']);
    });

    it('always resolves a model that is named with its provider', () => {
      const table = patternTable(100, { matches: false });
      const resolution = resolve(table, ['main^m7', '#rx'].map(selectorOf), slowContext().context);
      expect(resolution.selected?.selector).toBe('main^m7');
      expect(() => resolution.at(1)).toThrow(tooCostly);
    });

    it('returns short reasons once the time is spent', () => {
      const table = patternTable(4, { matches: false });
      const counted = slowContext();
      const asked: Selector[] = [selectorOf('#rx')];
      const resolution = resolve(table, asked, counted.context);
      expect(resolution.selected).toBeNull();
      const reasons = explain(table, asked, resolution).considered.map(({ reason }) => reason);
      expect(reasons[0]).toMatch(/^when: \/text expected a match for /);
      expect(reasons[3]).toBe('when: does not match; explaining why takes too long');
      expect(noRoute(table, asked, resolution).code).toBe('routing.no_route');
      expect(counted.reads).toBe(5);
    });
  });
});

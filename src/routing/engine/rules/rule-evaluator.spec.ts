import { type DomainError } from '../../../common/domain-error';
import { explain } from '../explain/explain';
import { noRoute } from '../explain/no-route';
import { modelRow, providerRow, selectorOf, tableOf } from '../fixtures/registry-rows';
import { resolve } from '../resolve';
import { type Selector } from '../selector/selector';
import { MAX_RULE_TIME_MS } from './rule-evaluator';

const main = providerRow('main');

/** A hundred models with a pattern each, which hold for a text of letters or never do. */
function patternTable(count: number, { holds }: { holds: boolean }) {
  const models = Array.from({ length: count }, (_, index) =>
    modelRow(main, `m${index}`, {
      tags: ['rx', 'other'],
      when: { text: { $regex: `${holds ? '^' : '[0-9]'}[a-z]{1,${index + 1}}` } },
    }),
  );
  return tableOf(main, ...models);
}

/** Every test of a rule on `text` is one read of it. */
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

describe('ContextProbe', () => {
  const selectors = [
    ...Array.from({ length: 32 }, () => selectorOf('#rx')),
    ...['#other', 'm1', 'auto', 'main^#rx', '# rx'].map(selectorOf),
  ];

  it('tests each rule once, however many selectors lead to it, and never to explain a choice', () => {
    const table = patternTable(100, { holds: true });
    const counted = countedContext();
    const resolution = resolve(table, selectors, counted.context);
    expect([...resolution]).toHaveLength(100);
    expect(counted.reads).toBe(100);
    expect(explain(table, selectors, resolution).considered).toHaveLength(100);
    expect(counted.reads).toBe(100);
  });

  it('looks once more at a rule that does not hold, to say why', () => {
    const table = patternTable(4, { holds: false });
    const counted = countedContext();
    const resolution = resolve(table, selectors, counted.context);
    expect(resolution.selected).toBeNull();
    expect(counted.reads).toBe(4);
    expect(explain(table, selectors, resolution).considered).toHaveLength(4);
    noRoute(table, selectors, resolution);
    expect(counted.reads).toBe(8);
  });

  it('goes through a long array once, however many signatures have its path', () => {
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

    afterEach(() => jest.restoreAllMocks());

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
    ])('gives up when the time for rules is over: %s', (_name, texts) => {
      const counted = slowContext();
      const resolution = resolve(patternTable(100, { holds: false }), texts.map(selectorOf), counted.context);
      expect(() => resolution.selected).toThrow(tooCostly);
      expect(() => resolution.selected).toThrow(tooCostly);
      expect(counted.reads).toBe(Math.ceil(MAX_RULE_TIME_MS / COST));
    });

    it('overruns by one rule at most', () => {
      const counted = slowContext();
      const started = time;
      const resolution = resolve(patternTable(100, { holds: false }), [selectorOf('auto')], counted.context);
      expect(() => resolution.selected).toThrow(tooCostly);
      expect(time - started).toBeGreaterThan(MAX_RULE_TIME_MS);
      expect(time - started).toBeLessThanOrEqual(MAX_RULE_TIME_MS + COST);
    });

    it('counts no time in which nothing is tested, and loses no candidate', () => {
      const table = patternTable(4, { holds: true });
      const resolution = resolve(table, [selectorOf('#rx')], slowContext().context);
      const names = [0, 1, 2, 3].map((index) => {
        time += 10_000;
        return resolution.at(index)?.model.model;
      });
      expect(names).toEqual(['m0', 'm1', 'm2', 'm3']);
    });

    it('never refuses a model that is named with its provider', () => {
      const table = patternTable(100, { holds: false });
      const resolution = resolve(table, ['main^m7', '#rx'].map(selectorOf), slowContext().context);
      expect(resolution.selected?.selector).toBe('main^m7');
      expect(() => resolution.at(1)).toThrow(tooCostly);
    });

    it('answers without the reasons that it has no time to find', () => {
      const table = patternTable(4, { holds: false });
      const counted = slowContext();
      const asked: Selector[] = [selectorOf('#rx')];
      const resolution = resolve(table, asked, counted.context);
      expect(resolution.selected).toBeNull();
      const reasons = explain(table, asked, resolution).considered.map(({ reason }) => reason);
      expect(reasons[0]).toMatch(/^when: \/text expected a match of /);
      expect(reasons[3]).toBe('when: does not hold; to say why takes too long');
      expect(noRoute(table, asked, resolution).code).toBe('routing.no_route');
      expect(counted.reads).toBe(5);
    });
  });
});

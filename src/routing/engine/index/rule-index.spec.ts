import { modelRow, providerRow, selectorOf, tableOf } from '../fixtures/registry-rows';
import { resolve } from '../resolve';

const main = providerRow('main');

/** Resolves `auto` among models that have these rules. */
function resolveAuto(count: number, ruleOf: (index: number) => object, context: Record<string, unknown>) {
  const models = Array.from({ length: count }, (_, index) =>
    modelRow(main, `m${index}`, { when: ruleOf(index) }),
  );
  return () => resolve(tableOf(main, ...models), [selectorOf('auto')], context);
}

const COUNT = 100;
const numbers = Array.from({ length: COUNT }, (_, index) => index);
const everyKey = Object.fromEntries(numbers.map((index) => [`key${index}`, index]));

describe('RuleIndex', () => {
  let checks: number;

  beforeEach(() => {
    checks = 0;
    // Each check of the time finds another 10 ms spent.
    jest.spyOn(performance, 'now').mockImplementation(() => 10 * checks++);
  });
  afterEach(() => jest.restoreAllMocks());

  it.each<[string, (index: number) => object, Record<string, unknown>]>([
    ['roots', (index) => ({ [`key${index}`]: index }), everyKey],
    ['path sets', (index) => ({ a: 1, [`key${index}`]: index }), { a: 1, ...everyKey }],
    ['keys for long arrays', (index) => ({ a: index, b: index }), { a: numbers, b: numbers }],
  ])('throws routing.too_costly between many %s once the time is spent', (_case, ruleOf, context) => {
    expect(resolveAuto(COUNT, ruleOf, context)).toThrow(
      expect.objectContaining({ code: 'routing.too_costly' }),
    );
    expect(checks).toBeLessThan(COUNT);
  });

  it('does not check the time for few path sets', () => {
    const context = { a: 1, ...everyKey };
    resolveAuto(40, (index) => ({ a: 1, [`key${index}`]: index }), context)();
    expect(checks).toBe(0);
  });
});

import { BodyBudget } from './body-budget';

const MIB = 2 ** 20;

describe('BodyBudget', () => {
  it('allows 64 MiB in all', () => {
    const budget = new BodyBudget();
    const callers = ['a', 'b'].map((caller) => budget.reserve(caller));
    expect(callers.map((caller) => caller.resize(32 * MIB))).toEqual([true, true]);
    expect(budget.reserve('e').resize(1)).toBe(false);
    callers[0]!.release();
    expect(budget.reserve('e').resize(32 * MIB)).toBe(true);
  });

  it('allows 32 MiB to one caller', () => {
    const budget = new BodyBudget();
    const [first, second] = [budget.reserve('a'), budget.reserve('a')];
    expect(first.resize(32 * MIB)).toBe(true);
    expect(second.resize(1)).toBe(false);
    expect(budget.reserve('b').resize(1)).toBe(true);
    first.resize(31 * MIB);
    expect(second.resize(MIB)).toBe(true);
  });

  it('keeps a reservation that cannot grow', () => {
    const budget = new BodyBudget();
    const [first, second] = [budget.reserve('a'), budget.reserve('a')];
    first.resize(MIB);
    expect(first.resize(33 * MIB)).toBe(false);
    expect(second.resize(31 * MIB + 1)).toBe(false);
    expect(second.resize(31 * MIB)).toBe(true);
  });

  it('releases a reservation once', () => {
    const budget = new BodyBudget();
    const [first, second] = [budget.reserve('a'), budget.reserve('a')];
    first.resize(16 * MIB);
    second.resize(16 * MIB);
    first.release();
    first.release();
    expect(budget.reserve('a').resize(16 * MIB + 1)).toBe(false);
    expect(budget.reserve('a').resize(16 * MIB)).toBe(true);
  });
});

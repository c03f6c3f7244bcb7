import { RE2Set } from 're2js';
import { isApplicable, type RuleRun, unlimitedRun } from './adjustment';
import type { PriceAdjustment } from './price-sheet';

const adjustment = (pattern: string): PriceAdjustment => ({
  when: { service_tier: { $regex: pattern } },
  multiplier: '2',
});
const FACTS = { service_tier: 'batch' };

describe('isApplicable', () => {
  afterEach(() => jest.restoreAllMocks());

  it('compiles a pattern once per account, whatever other accounts compile', () => {
    const compile = jest.spyOn(RE2Set.prototype, 'compile');
    const [own, other] = [unlimitedRun(), unlimitedRun()];
    expect(isApplicable(adjustment('^batch$'), FACTS, own)).toBe(true);
    // More than a cache of 8 MiB can contain.
    for (let index = 0; index < 400; index++) isApplicable(adjustment(`^.{${index}}x`), FACTS, other);
    compile.mockClear();
    expect(isApplicable(adjustment('^batch$'), FACTS, own)).toBe(true);
    expect(compile).not.toHaveBeenCalled();
  });

  it('stops when the time of the run is spent', () => {
    const run: RuleRun = {
      ...unlimitedRun(),
      beforeCondition: () => {
        throw new RangeError('spent');
      },
    };
    expect(() => isApplicable(adjustment('^batch$'), FACTS, run)).toThrow('spent');
  });

  it('does not apply an adjustment whose stored pattern is corrupt', () => {
    expect(isApplicable(adjustment('('), FACTS, unlimitedRun())).toBe(false);
  });
});

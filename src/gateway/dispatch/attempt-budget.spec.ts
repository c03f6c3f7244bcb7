import { AttemptBudget, type AttemptLimits } from './attempt-budget';

const LIMITS: AttemptLimits = { attempts: 4, callerAttempts: null, isRepeat: false, latestStart: 1000 };

function countAttempts(limits: Partial<AttemptLimits>): number {
  const budget = new AttemptBudget({ ...LIMITS, ...limits });
  let count = 0;
  while (budget.takeAttempt(0)) count += 1;
  return count;
}

describe('AttemptBudget', () => {
  it.each<[string, Partial<AttemptLimits>, number]>([
    ['its limit', {}, 4],
    ['ten', { attempts: 50 }, 10],
    ['the lower limit of the caller', { callerAttempts: 2 }, 2],
    ['its own limit if that of the caller is higher', { callerAttempts: 9 }, 4],
    ['half for a repeat', { isRepeat: true }, 2],
    ['half for a repeat, rounded up', { attempts: 3, isRepeat: true }, 2],
    ['one for a repeat', { attempts: 1, isRepeat: true }, 1],
  ])('allows %s', (_name, limits, count) => {
    expect(countAttempts(limits)).toBe(count);
  });

  it('allows nothing after the latest start', () => {
    const budget = new AttemptBudget(LIMITS);
    expect(budget.hasAttempt(1000)).toBe(true);
    expect(budget.hasAttempt(1001)).toBe(false);
    expect(budget.takeAttempt(1001)).toBe(false);
    expect(budget.takeRepair(1001)).toBe(false);
  });

  it('allows two repairs beside the attempts', () => {
    const budget = new AttemptBudget({ ...LIMITS, attempts: 1 });
    expect(budget.takeAttempt(0)).toBe(true);
    expect([0, 0, 0].map(() => budget.takeRepair(0))).toEqual([true, true, false]);
  });
});

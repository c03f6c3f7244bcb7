import { FailureLimiter } from './failure-limiter';

describe('FailureLimiter.recordFailure', () => {
  let limiter: FailureLimiter;
  const failRepeatedly = (times: number, address = '192.0.2.1') =>
    Array.from({ length: times }, () => limiter.recordFailure(address));

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000_000_000, doNotFake: ['performance'] });
    // lru-cache stores the `performance` object when it loads, so a fake object would not reach it.
    jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
    limiter = new FailureLimiter();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('returns null for 20 failures within a minute', () => {
    expect(failRepeatedly(20)).toEqual(Array.from({ length: 20 }, () => null));
  });

  it('returns the remaining seconds of the minute from the 21st failure', () => {
    failRepeatedly(20);
    jest.advanceTimersByTime(15_000);
    expect(limiter.recordFailure('192.0.2.1')).toBe(45);
    jest.advanceTimersByTime(44_500);
    expect(limiter.recordFailure('192.0.2.1')).toBe(1);
  });

  it('never returns more than a minute, however fractional the time is', () => {
    jest.spyOn(performance, 'now').mockReturnValue(989_410.205_924_277_1);
    expect(failRepeatedly(21).at(-1)).toBe(60);
  });

  it('starts a new count after a minute, even after many failures', () => {
    failRepeatedly(50);
    jest.advanceTimersByTime(60_001);
    expect(failRepeatedly(20)).not.toContainEqual(expect.any(Number));
  });

  it('counts each address separately', () => {
    failRepeatedly(30);
    expect(limiter.recordFailure('192.0.2.2')).toBeNull();
  });
});

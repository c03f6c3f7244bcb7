import { FailureLimiter } from './failure-limiter';

describe('the failure limiter', () => {
  let limiter: FailureLimiter;
  const failTimes = (times: number, address = '192.0.2.1') =>
    Array.from({ length: times }, () => limiter.fail(address));

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000_000_000, doNotFake: ['performance'] });
    // The cache took hold of the monotonic clock when it was loaded, so that the clock itself must be turned.
    jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
    limiter = new FailureLimiter();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('lets 20 failures a minute pass', () => {
    expect(failTimes(20)).toEqual(Array.from({ length: 20 }, () => null));
  });

  it('says how many seconds are left from the 21st on', () => {
    failTimes(20);
    jest.advanceTimersByTime(15_000);
    expect(limiter.fail('192.0.2.1')).toBe(45);
    jest.advanceTimersByTime(44_500);
    expect(limiter.fail('192.0.2.1')).toBe(1);
  });

  it('begins anew after the minute, however often the address failed in it', () => {
    failTimes(50);
    jest.advanceTimersByTime(60_001);
    expect(failTimes(20)).not.toContainEqual(expect.any(Number));
  });

  it('counts each address by itself', () => {
    failTimes(30);
    expect(limiter.fail('192.0.2.2')).toBeNull();
  });
});

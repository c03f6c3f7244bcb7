import { IntervalCache } from './interval-cache';

describe('IntervalCache', () => {
  let runs = 0;
  let finish: (() => void)[] = [];
  const work = () => new Promise<number>((resolve) => finish.push(() => resolve(++runs)));
  const finishAll = () => finish.splice(0).forEach((each) => each());

  beforeEach(() => {
    runs = 0;
    finish = [];
    jest.useFakeTimers();
  });
  afterEach(() => jest.useRealTimers());

  it('shares a run with concurrent callers, however long it takes', async () => {
    const cache = new IntervalCache(1000, work);
    const results = [cache.get()];
    jest.advanceTimersByTime(5000);
    results.push(cache.get());
    finishAll();
    expect(await Promise.all(results)).toEqual([1, 1]);
  });

  it('keeps the result for the interval', async () => {
    const cache = new IntervalCache(1000, work);
    const first = cache.get();
    finishAll();
    await first;
    jest.advanceTimersByTime(999);
    expect(await cache.get()).toBe(1);
    jest.advanceTimersByTime(1);
    const second = cache.get();
    finishAll();
    expect(await second).toBe(2);
  });

  it('keeps an error for the interval', async () => {
    let failures = 0;
    const cache = new IntervalCache(1000, () => Promise.reject(new Error(`failure ${++failures}`)));
    await expect(cache.get()).rejects.toThrow('failure 1');
    await expect(cache.get()).rejects.toThrow('failure 1');
    jest.advanceTimersByTime(1000);
    await expect(cache.get()).rejects.toThrow('failure 2');
  });
});

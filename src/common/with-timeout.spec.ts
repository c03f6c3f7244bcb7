import { TimeoutError, withTimeout } from './with-timeout';

describe('withTimeout', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const never = new Promise<never>(() => undefined);

  it('returns the result and stops its timer', async () => {
    expect(await withTimeout(Promise.resolve('result'), 10)).toBe('result');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('passes a failure on and stops its timer', async () => {
    const failure = new Error('failed');
    await expect(withTimeout(Promise.reject(failure), 10)).rejects.toBe(failure);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('throws a TimeoutError when the limit has passed, and not before', async () => {
    const outcome = jest.fn();
    withTimeout(never, 10).catch(outcome);
    await jest.advanceTimersByTimeAsync(9);
    expect(outcome).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(outcome).toHaveBeenCalledWith(expect.any(TimeoutError));
  });

  it('discards a late failure', async () => {
    let fail: (error: Error) => void;
    const work = new Promise<never>((_resolve, reject) => (fail = reject));
    const outcome = expect(withTimeout(work, 10)).rejects.toBeInstanceOf(TimeoutError);
    await jest.advanceTimersByTimeAsync(10);
    await outcome;
    const unhandled = jest.fn();
    process.once('unhandledRejection', unhandled);
    fail!(new Error('late'));
    jest.useRealTimers();
    await new Promise(setImmediate);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

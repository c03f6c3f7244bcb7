import { CallDeadlines, type TimedCall } from './call-deadlines';

describe('CallDeadlines', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** Counts its checks, and does `then` in each. */
  const createCall = (then: () => unknown = () => undefined) => {
    const call = { place: -1, checks: 0, checkTime: () => (call.checks++, then()) };
    return call satisfies TimedCall;
  };
  const checksOf = (calls: readonly { checks: number }[]) => calls.map(({ checks }) => checks);

  it('checks every call at each tick, until it is deleted', () => {
    const deadlines = new CallDeadlines(100);
    const calls = [createCall(), createCall(), createCall(), createCall()];
    for (const call of calls) deadlines.add(call);
    jest.advanceTimersByTime(100);
    deadlines.delete(calls[1]!);
    jest.advanceTimersByTime(100);
    deadlines.delete(calls[3]!);
    deadlines.delete(calls[0]!);
    jest.advanceTimersByTime(100);
    expect(checksOf(calls)).toEqual([2, 1, 3, 2]);
  });

  it('checks every other call when calls end in their check', () => {
    const deadlines = new CallDeadlines(100);
    const calls: ReturnType<typeof createCall>[] = [0, 1, 2, 3, 4].map((index) =>
      createCall(() => index % 2 === 0 && deadlines.delete(calls[index]!)),
    );
    for (const call of calls) deadlines.add(call);
    jest.advanceTimersByTime(200);
    expect(checksOf(calls)).toEqual([1, 2, 1, 2, 1]);
  });

  it('checks no call that the check of another one has deleted', () => {
    const deadlines = new CallDeadlines(100);
    const first = createCall();
    const second = createCall();
    const last = createCall(() => {
      for (const call of [first, second, last]) deadlines.delete(call);
    });
    for (const call of [first, second, last]) deadlines.add(call);
    jest.advanceTimersByTime(300);
    expect(checksOf([first, second, last])).toEqual([0, 0, 1]);
  });

  it('has no timer without calls, and starts it again', () => {
    const deadlines = new CallDeadlines(100);
    const calls = [createCall(), createCall()] as const;
    deadlines.add(calls[0]);
    deadlines.delete(calls[0]);
    jest.advanceTimersByTime(100);
    expect(jest.getTimerCount()).toBe(0);
    deadlines.add(calls[1]);
    jest.advanceTimersByTime(100);
    expect(checksOf(calls)).toEqual([0, 1]);
  });
});

import { performance } from 'node:perf_hooks';
import type { AccountId } from '../auth/caller';
import { AccountTimeLimit } from './account-time-limit';

describe('AccountTimeLimit', () => {
  const account = 'one' as AccountId;
  const other = 'other' as AccountId;
  let now = 0;
  let cpuMs = 0;
  let idleMs = 0;
  let limit: AccountTimeLimit;
  let cpuUsage: jest.SpyInstance;

  beforeEach(() => {
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    cpuUsage = jest.spyOn(process, 'cpuUsage').mockImplementation((start) => ({
      user: 1000 * cpuMs - (start?.user ?? 0),
      system: 0,
    }));
    jest
      .spyOn(performance, 'eventLoopUtilization')
      .mockImplementation((start) => ({ idle: idleMs - (start?.idle ?? 0), active: 0, utilization: 0 }));
    limit = new AccountTimeLimit();
  });
  afterEach(() => jest.restoreAllMocks());

  /** Runs work that takes so long, and returns its outcome. */
  function run(id: AccountId, elapsedMs: number, usedCpuMs = elapsedMs): unknown {
    try {
      return limit.run(id, () => {
        now += elapsedMs;
        cpuMs += usedCpuMs;
        return 'done';
      });
    } catch (error) {
      return error;
    }
  }
  const denied = (retryAfterSeconds: number) =>
    expect.objectContaining({
      kind: 'rate_limited',
      code: 'routing.too_many_costly_requests',
      retryAfterSeconds,
    });

  it('rejects work of an account that has used its time, until it is granted more', () => {
    for (let turn = 0; turn < 2; turn++) expect(run(account, 200)).toBe('done');
    // 40 ms were granted meanwhile.
    expect(run(account, 200)).toEqual(denied(2));
    now += 1000;
    expect(run(account, 200)).toEqual(denied(1));
    now += 200;
    expect(run(account, 200)).toBe('done');
  });

  it('rejects further work while the account waits for its turn', async () => {
    for (let turn = 0; turn < 2; turn++) run(account, 200);
    await expect(limit.takeTurn(account)).rejects.toEqual(denied(2));
  });

  it('does not reject work of another account', async () => {
    for (let turn = 0; turn < 2; turn++) run(account, 200);
    await limit.takeTurn(other);
    expect(run(other, 200)).toBe('done');
  });

  it('does not count fast work', () => {
    run(account, 200);
    for (let turn = 0; turn < 1000; turn++) expect(run(account, 0.9)).toBe('done');
  });

  it('does not count time that the machine spends on something else', () => {
    for (let turn = 0; turn < 100; turn++) expect(run(account, 200, 0.5)).toBe('done');
  });

  it('counts work that throws', () => {
    const fail = () => {
      now += 300;
      cpuMs += 300;
      throw new Error('failed');
    };
    expect(() => limit.run(account, fail)).toThrow('failed');
    expect(run(account, 1)).toEqual(denied(1));
  });

  it('counts slow work between fast work', () => {
    for (let turn = 0; turn < 2; turn++) {
      for (let fast = 0; fast < 100; fast++) run(account, 0.03);
      expect(run(account, 200)).toBe('done');
    }
    expect(run(account, 0.03)).toEqual(denied(2));
  });

  it('counts work after idle time', () => {
    const outcomes = Array.from({ length: 100 }, () => {
      run(account, 0.03);
      now += 5;
      idleMs += 5;
      return run(account, 4.9);
    });
    expect(outcomes.slice(0, 50)).not.toContainEqual(denied(1));
    expect(outcomes).toContainEqual(denied(1));
  });

  it('does not count what the process did before the work', () => {
    for (let turn = 0; turn < 100; turn++) {
      run(account, 0.03);
      now += 8;
      cpuMs += 8;
      run(account, 4, 0.03);
    }
    expect(limit.isSlow(account)).toBe(false);
  });

  it('reads the CPU time at most once per 10 ms of fast work', () => {
    for (let turn = 0; turn < 1000; turn++) run(account, 0.03);
    expect(cpuUsage.mock.calls.length).toBeLessThanOrEqual(4);
    expect(limit.isSlow(account)).toBe(false);
  });

  it('is slow until the time of slow work is granted', () => {
    run(account, 20);
    now += 179;
    expect(limit.isSlow(account)).toBe(true);
    now += 2;
    expect(limit.isSlow(account)).toBe(false);
  });

  it('remembers an account until all its time is granted', () => {
    run(account, 200);
    run(account, 5_000);
    now += 40_000;
    expect(run(account, 1)).toEqual(denied(5));
    now += 11_000;
    expect(limit.isSlow(account)).toBe(false);
  });
});

import { DATABASE_DEADLINE_MS, PoolHealth } from './pool-health';

const never = () => new Promise<never>(() => undefined);
const ignoreTimeout = () => undefined;

describe('PoolHealth', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** Resolves to the code of a rejection, so that none is unhandled while time is advanced. */
  const outcomeOf = (work: Promise<unknown>) => work.then(String, ({ code }: { code: string }) => code);

  async function stall(health: PoolHealth) {
    const waiting = outcomeOf(health.run(never, ignoreTimeout));
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS);
    expect(await waiting).toBe('database_unavailable');
  }

  it('returns a result that arrives before the deadline', async () => {
    const health = new PoolHealth();
    expect(await health.run(() => Promise.resolve('row'), ignoreTimeout)).toBe('row');
  });

  it('calls onTimeout at the deadline, before it rejects', async () => {
    const onTimeout = jest.fn();
    const waiting = outcomeOf(new PoolHealth().run(never, onTimeout));
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS - 1);
    expect(onTimeout).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(onTimeout).toHaveBeenCalledTimes(1);
    expect(await waiting).toBe('database_unavailable');
  });

  it('rejects every waiting request when the server stalls', async () => {
    const health = new PoolHealth();
    const [first, second] = [jest.fn(), jest.fn()];
    const waiting = [outcomeOf(health.run(never, first))];
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS / 2);
    waiting.push(outcomeOf(health.run(never, second)));
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS / 2);
    expect(await Promise.all(waiting)).toEqual(['database_unavailable', 'database_unavailable']);
    expect([first.mock.calls, second.mock.calls]).toEqual([[[]], [[]]]);
  });

  it('reports a stalled server after the wall clock stepped back', async () => {
    const health = new PoolHealth();
    const waiting = outcomeOf(health.run(never, ignoreTimeout));
    jest.setSystemTime(Date.now() - 3_600_000);
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS);
    expect(await waiting).toBe('database_unavailable');
  });

  it('extends the deadline of a response that arrives fast enough, and of no other', async () => {
    const health = new PoolHealth();
    let bytes = 0;
    const waiting = outcomeOf(health.run(never, ignoreTimeout, () => bytes));
    bytes += 64 * 1024;
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS);
    const other = outcomeOf(health.run(() => Promise.resolve('served'), ignoreTimeout));
    expect(await other).toBe('served');
    bytes += 64 * 1024 - 1;
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS - 1);
    let isSettled = false;
    void waiting.then(() => (isSettled = true));
    await Promise.resolve();
    expect(isSettled).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await waiting).toBe('database_unavailable');
  });

  it('reports a server as busy that responds to other requests', async () => {
    const health = new PoolHealth();
    const waiting = outcomeOf(health.run(never, ignoreTimeout));
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS - 100);
    health.recordResponse();
    await jest.advanceTimersByTimeAsync(100);
    expect(await waiting).toBe('database_busy');
  });

  it('lets one request at a time probe a stalled server, and rejects the others immediately', async () => {
    const health = new PoolHealth();
    await stall(health);
    const probe = outcomeOf(health.run(never, ignoreTimeout));
    const work = jest.fn(never);
    expect(await outcomeOf(health.run(work, ignoreTimeout))).toBe('database_unavailable');
    expect(work).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS);
    await probe;
    const next = jest.fn(never);
    void outcomeOf(health.run(next, ignoreTimeout));
    expect(next).toHaveBeenCalled();
  });

  it('admits every request again after the first response', async () => {
    const health = new PoolHealth();
    await stall(health);
    await health.run(() => Promise.resolve('row'), ignoreTimeout);
    const rows = [1, 2, 3];
    const results = rows.map((row) => health.run(() => Promise.resolve(row), ignoreTimeout));
    expect(await Promise.all(results)).toEqual(rows);
  });
});

import { DATABASE_DEADLINE_MS, PoolHealth } from './pool-health';

const never = () => new Promise<never>(() => undefined);
const nothing = () => undefined;

describe('the health of a connection pool', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** Rejections are kept, so that none is unhandled while time is advanced. */
  const outcome = (work: Promise<unknown>) => work.then(String, ({ code }: { code: string }) => code);

  async function fallSilent(health: PoolHealth) {
    const waiting = outcome(health.within(never, nothing));
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS);
    expect(await waiting).toBe('database_unavailable');
  }

  it('hands on what comes in time', async () => {
    const health = new PoolHealth();
    expect(await health.within(() => Promise.resolve('row'), nothing)).toBe('row');
  });

  it('gives up at the deadline, and says so before it rejects', async () => {
    const late = jest.fn();
    const waiting = outcome(new PoolHealth().within(never, late));
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS - 1);
    expect(late).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(late).toHaveBeenCalledTimes(1);
    expect(await waiting).toBe('database_unavailable');
  });

  it('turns all away at once whom a silent server lets wait', async () => {
    const health = new PoolHealth();
    const [first, second] = [jest.fn(), jest.fn()];
    const waiting = [outcome(health.within(never, first))];
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS / 2);
    waiting.push(outcome(health.within(never, second)));
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS / 2);
    expect(await Promise.all(waiting)).toEqual(['database_unavailable', 'database_unavailable']);
    expect([first.mock.calls, second.mock.calls]).toEqual([[[]], [[]]]);
  });

  it('waits for an answer that is arriving, and for no dribble', async () => {
    const health = new PoolHealth();
    let bytes = 0;
    const waiting = outcome(health.within(never, nothing, () => bytes));
    bytes += 64 * 1024;
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS);
    const other = outcome(health.within(() => Promise.resolve('served'), nothing));
    expect(await other).toBe('served');
    bytes += 64 * 1024 - 1;
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS - 1);
    let isOver = false;
    void waiting.then(() => (isOver = true));
    await Promise.resolve();
    expect(isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await waiting).toBe('database_unavailable');
  });

  it('calls a server busy that answers others', async () => {
    const health = new PoolHealth();
    const waiting = outcome(health.within(never, nothing));
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS - 100);
    health.answered();
    await jest.advanceTimersByTimeAsync(100);
    expect(await waiting).toBe('database_busy');
  });

  it('lets one at a time try a silent server, and turns the others away at once', async () => {
    const health = new PoolHealth();
    await fallSilent(health);
    const trying = outcome(health.within(never, nothing));
    const work = jest.fn(never);
    expect(await outcome(health.within(work, nothing))).toBe('database_unavailable');
    expect(work).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(DATABASE_DEADLINE_MS);
    await trying;
    const next = jest.fn(never);
    void outcome(health.within(next, nothing));
    expect(next).toHaveBeenCalled();
  });

  it('is well again after the first answer', async () => {
    const health = new PoolHealth();
    await fallSilent(health);
    await health.within(() => Promise.resolve('row'), nothing);
    const all = await Promise.all([1, 2, 3].map((row) => health.within(() => Promise.resolve(row), nothing)));
    expect(all).toEqual([1, 2, 3]);
  });
});

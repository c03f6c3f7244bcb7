import { SingleFlight } from './single-flight';

describe('SingleFlight', () => {
  let started: { resolve: (value: string) => void; reject: (error: Error) => void }[];
  let flights: SingleFlight<string, string>;

  beforeEach(() => {
    started = [];
    flights = new SingleFlight();
  });

  const run = (key: string): Promise<string> =>
    flights.run(key, () => new Promise((resolve, reject) => started.push({ resolve, reject })));

  it('runs the work once for concurrent callers of a key', async () => {
    const results = [run('a'), run('a')];
    started[0]!.resolve('done');
    expect(await Promise.all(results)).toEqual(['done', 'done']);
    expect(started).toHaveLength(1);
  });

  it('runs the work of different keys separately', async () => {
    const results = [run('a'), run('b')];
    started[1]!.resolve('of b');
    started[0]!.resolve('of a');
    expect(await Promise.all(results)).toEqual(['of a', 'of b']);
  });

  it('returns the work in progress from current', async () => {
    expect(flights.current('a')).toBeUndefined();
    const result = run('a');
    expect(flights.current('a')).toBe(result);
    started[0]!.resolve('done');
    await result;
    expect(flights.current('a')).toBeUndefined();
  });

  it('starts new work after the last has ended', async () => {
    const first = run('a');
    started[0]!.resolve('first');
    await first;
    const second = run('a');
    started[1]!.resolve('second');
    expect(await second).toBe('second');
  });

  it('rejects all callers when the work fails, and starts new work for the next', async () => {
    const failure = new Error('failed');
    const results = [run('a'), run('a')];
    started[0]!.reject(failure);
    for (const result of results) await expect(result).rejects.toBe(failure);
    const next = run('a');
    started[1]!.resolve('next');
    expect(await next).toBe('next');
  });
});

import { databaseUnavailable } from '../../database/database-errors';
import { LargeResponses } from './large-responses';
import { type ResponseBudget } from './response-budget';

const MEBIBYTE = 1024 * 1024;

describe('LargeResponses', () => {
  let responses: LargeResponses;
  /** Ends the builds of large responses, in the order in which they began. */
  let builds: { readonly name: string; readonly end: (error?: Error) => void }[];

  beforeEach(() => {
    responses = new LargeResponses();
    builds = [];
  });

  const build = (name: string, bytes: number) => (budget: ResponseBudget) => {
    budget.takeOrReject(bytes);
    return new Promise<string>((resolve, reject) => {
      builds.push({ name, end: (error) => (error ? reject(error) : resolve(name)) });
    });
  };
  const large = (owner: string, key: string) => responses.run(owner, key, build(key, MEBIBYTE));
  const turn = () => new Promise(setImmediate);
  const started = () => builds.map(({ name }) => name);

  it('builds small responses concurrently', async () => {
    const both = ['a', 'b'].map((key) => responses.run('owner', key, build(key, 1000)));
    await turn();
    expect(started()).toEqual(['a', 'b']);
    for (const { end } of builds) end();
    expect(await Promise.all(both)).toEqual(['a', 'b']);
  });

  it('builds the large responses of one owner one after the other', async () => {
    const all = [large('owner', 'a'), large('owner', 'b'), large('another', 'c')];
    await turn();
    expect(started()).toEqual(['a', 'c']);
    builds[0]!.end();
    await turn();
    expect(started()).toEqual(['a', 'c', 'b']);
    for (const { end } of builds) end();
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
  });

  it('shares a build among requests that arrive before it starts', async () => {
    const first = large('owner', 'a');
    await turn();
    const later = [large('owner', 'a'), large('owner', 'a'), large('owner', 'a')];
    await turn();
    builds[0]!.end();
    await turn();
    expect(started()).toEqual(['a', 'a']);
    builds[1]!.end();
    expect(await Promise.all([first, ...later])).toEqual(['a', 'a', 'a', 'a']);
  });

  it('goes on after a failure', async () => {
    const first = large('owner', 'a');
    const second = large('owner', 'b');
    await turn();
    builds[0]!.end(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    await turn();
    builds[1]!.end();
    expect(await second).toBe('b');
  });

  it('fails those who wait when the database is down', async () => {
    const waiting = [large('owner', 'a'), large('owner', 'b'), large('owner', 'c')];
    await turn();
    builds[0]!.end(databaseUnavailable());
    for (const result of await Promise.allSettled(waiting)) expect(result.status).toBe('rejected');
    expect(started()).toEqual(['a']);
    const next = large('owner', 'b');
    await turn();
    builds[1]!.end();
    expect(await next).toBe('b');
  });

  it('rejects a list above 16 MiB', async () => {
    const list = responses.run('owner', 'a', (budget) => {
      budget.takeOrReject(16 * MEBIBYTE + 1);
      return Promise.resolve('a list that is too large');
    });
    await expect(list).rejects.toMatchObject({ kind: 'invalid', code: 'list.too_large' });
  });
});

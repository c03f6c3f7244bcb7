import { etagOfText } from './etag';
import { listTooLarge } from './response-budget';
import { ResponseCache, type Version } from './response-cache';

const encode = (text: string) => ({ body: Buffer.from(text), etag: etagOfText(text) });

describe('ResponseCache', () => {
  /** The counters as the "database" has them. */
  let version: Version;
  /** Ends the builds, in the order in which they began. */
  let builds: ((error?: Error) => void)[];
  let cache: ResponseCache;

  beforeEach(() => {
    version = [1, 1];
    builds = [];
    cache = new ResponseCache();
  });

  const get = async (key = 'account', wanted = version): Promise<string> => {
    const { response } = await cache.get(key, wanted, () => {
      const built = { version, json: encode(`"${key} ${version.join()}"`), headers: { name: key } };
      return new Promise((resolve, reject) => {
        builds.push((error) => (error ? reject(error) : resolve(built)));
      });
    });
    return JSON.parse(String(response.body)) as string;
  };
  const turn = () => new Promise(setImmediate);
  const build = async (key?: string): Promise<string> => {
    const response = get(key);
    await turn();
    builds.at(-1)!();
    return response;
  };

  it('returns the body with its headers and ETag', async () => {
    const json = encode('[]');
    const built = { version, json, headers: { 'x-registry-revision': '1' } };
    const { response } = await cache.get('account', version, () => Promise.resolve(built));
    expect(response).toEqual({ ...json, headers: built.headers, nextCursor: null });
  });

  it('builds once for concurrent and later requests', async () => {
    const concurrent = [get(), get()];
    await turn();
    builds[0]!();
    expect(await Promise.all([...concurrent, get()])).toEqual(Array(3).fill('account 1,1'));
    expect(builds).toHaveLength(1);
  });

  it('builds separately for each key', async () => {
    const both = [get('a'), get('b')];
    await turn();
    builds[1]!();
    builds[0]!();
    expect(await Promise.all(both)).toEqual(['a 1,1', 'b 1,1']);
  });

  it.each([
    [2, 1],
    [1, 2],
  ])('builds again when the version is %d, %d', async (...next) => {
    await build();
    version = next;
    expect(await build()).toBe(`account ${next.join()}`);
  });

  it('builds once more, for all, when the build they joined is older than their version', async () => {
    const early = get();
    await turn();
    version = [2, 1];
    const late = [get(), get()];
    builds[0]!();
    await turn();
    builds[1]!();
    expect(await Promise.all([early, ...late])).toEqual(['account 1,1', 'account 2,1', 'account 2,1']);
    expect(builds).toHaveLength(2);
  });

  it('does the same when an even older response is cached', async () => {
    await build();
    version = [2, 1];
    const early = get();
    await turn();
    version = [3, 1];
    const late = get();
    builds[1]!();
    await turn();
    builds[2]!();
    expect(await Promise.all([early, late])).toEqual(['account 2,1', 'account 3,1']);
  });

  it('serves a newer build that was in progress', async () => {
    version = [2, 1];
    const early = get();
    await turn();
    const late = get('account', [1, 1]);
    builds[0]!();
    expect(await Promise.all([early, late])).toEqual(['account 2,1', 'account 2,1']);
  });

  it('does not serve a cached response with a higher version', async () => {
    version = [7, 1];
    await build();
    version = [5, 1];
    expect(await build()).toBe('account 5,1');
  });

  it('returns an older version when the build itself returns one', async () => {
    const lagging = get('account', [2, 1]);
    await turn();
    builds[0]!();
    expect(await lagging).toBe('account 1,1');
    expect(builds).toHaveLength(1);
  });

  it('fails all waiting requests when the build fails, and builds again for the next', async () => {
    const failure = new Error('failed');
    const waiting = [get(), get()];
    await turn();
    builds[0]!(failure);
    for (const outcome of await Promise.allSettled(waiting))
      expect(outcome).toMatchObject({ reason: failure });
    expect(await build()).toBe('account 1,1');
  });

  it('caches that the response is too large, until the version changes', async () => {
    let count = 0;
    const reject = () => {
      count += 1;
      return Promise.resolve({ version, json: listTooLarge(), headers: {} });
    };
    for (let turns = 0; turns < 2; turns += 1) {
      await expect(cache.get('account', version, reject)).rejects.toMatchObject({ code: 'list.too_large' });
    }
    expect(count).toBe(1);
    version = [2, 1];
    expect(await build()).toBe('account 2,1');
  });

  it('evicts the least recently used key beyond its bytes', async () => {
    cache = new ResponseCache('"a 1,1"'.length * 2);
    for (const key of ['a', 'b']) await build(key);
    await get('a');
    await build('c');
    await get('a');
    expect(builds).toHaveLength(3);
    await build('b');
    expect(builds).toHaveLength(4);
  });
});

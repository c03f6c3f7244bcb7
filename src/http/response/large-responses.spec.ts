import { databaseUnavailable } from '../../database/database-errors';
import { ClientDisconnected } from '../client-disconnected';
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
  const requester = (accountId: string, tokenId = 'token', signal = new AbortController().signal) => ({
    accountId,
    tokenId,
    signal,
  });
  const large = (accountId: string, key: string, tokenId?: string, signal?: AbortSignal) =>
    responses.run(requester(accountId, tokenId, signal), key, build(key, MEBIBYTE));
  /** Requests a response whose client may disconnect. */
  function leavable(key: string, tokenId?: string) {
    const client = new AbortController();
    const result = large('owner', key, tokenId, client.signal);
    result.catch(() => undefined);
    return { result, leave: () => client.abort(new ClientDisconnected()) };
  }
  /** Long enough for a queue to see which clients have left, and for the trials that wait in it. */
  const turn = async () => {
    for (let round = 0; round < 200; round++) await new Promise(setImmediate);
  };
  const started = () => builds.map(({ name }) => name);

  it('builds small responses concurrently', async () => {
    const both = ['a', 'b'].map((key) => responses.run(requester('owner'), key, build(key, 1000)));
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
    await turn();
    for (const { end } of builds) end();
    for (const result of await Promise.allSettled(waiting)) expect(result.status).toBe('rejected');
    expect(started()).toEqual(['a']);
    const next = large('owner', 'b');
    await turn();
    builds[1]!.end();
    expect(await next).toBe('b');
  });

  it('does not start a build that no client waits for, and frees its place', async () => {
    const first = large('owner', 'a');
    await turn();
    for (let index = 0; index < 200; index++) {
      const { result, leave } = leavable(`${index}`);
      await turn();
      leave();
      await expect(result).rejects.toThrow(ClientDisconnected);
    }
    const last = large('owner', 'b');
    await turn();
    builds[0]!.end();
    await first;
    await turn();
    expect(started()).toEqual(['a', 'b']);
    builds[1]!.end();
    expect(await last).toBe('b');
  });

  it('starts a build that one of its clients still waits for', async () => {
    const first = large('owner', 'a');
    await turn();
    const [leaving, staying] = [leavable('b'), leavable('b', 'another')];
    await turn();
    leaving.leave();
    builds[0]!.end();
    await first;
    await turn();
    builds[1]!.end();
    expect(await staying.result).toBe('b');
  });

  it('stops a running build at its next piece after the last client has left', async () => {
    let pieces = 0;
    let isTrial = true;
    const client = new AbortController();
    const result = responses.run(requester('owner', 'token', client.signal), 'a', async (budget) => {
      ({ isTrial } = budget);
      budget.takeOrReject(MEBIBYTE);
      while (pieces < 1000) {
        await turn();
        budget.take(1);
        pieces += 1;
      }
    });
    result.catch(() => undefined);
    while (pieces < 3) await turn();
    client.abort(new ClientDisconnected());
    await expect(result).rejects.toThrow(ClientDisconnected);
    const next = large('owner', 'b');
    for (let round = 0; round < 5; round++) await turn();
    expect([isTrial, started()]).toEqual([false, ['b']]);
    builds[0]!.end();
    await next;
  });

  it('stops a trial of a client that has left', async () => {
    const client = new AbortController();
    const result = responses.run(requester('owner', 'token', client.signal), 'a', async (budget) => {
      client.abort(new ClientDisconnected());
      await turn();
      budget.take(1);
    });
    await expect(result).rejects.toThrow(ClientDisconnected);
  });

  it('runs no trial for a client that has left while large responses are built', async () => {
    const first = large('owner', 'a');
    await turn();
    const tried: string[] = [];
    const small = (name: string, signal?: AbortSignal) =>
      responses.run(requester('owner', name, signal), name, (budget) => {
        tried.push(name);
        budget.take(1);
        return Promise.resolve(name);
      });
    const client = new AbortController();
    const gone = small('gone', client.signal);
    const staying = small('staying');
    client.abort(new ClientDisconnected());
    await expect(gone).rejects.toThrow(ClientDisconnected);
    expect([await staying, tried]).toEqual(['staying', ['staying']]);
    builds[0]!.end();
    await first;
  });

  it('takes turns between the tokens of an account', async () => {
    const all = [large('owner', 'a'), large('owner', 'b'), large('owner', 'c')];
    await turn();
    all.push(large('owner', 'd', 'another'), large('owner', 'e', 'another'));
    await turn();
    for (let index = 0; index < all.length; index++) {
      builds[index]!.end();
      await turn();
    }
    await Promise.all(all);
    expect(started()).toEqual(['a', 'd', 'b', 'e', 'c']);
  });

  it('rejects a token that has as many builds waiting as it leaves free, but no other', async () => {
    const first = large('owner', 'a');
    await turn();
    const waiting = Array.from({ length: 32 }, (_, index) => leavable(`${index}`));
    await turn();
    const tooMany = { kind: 'rate_limited', code: 'request.too_many_large_responses', retryAfterSeconds: 1 };
    const further = large('owner', 'further').catch((error: unknown) => error);
    expect(await Promise.race([further, turn()])).toMatchObject(tooMany);
    const shared = leavable('31');
    const other = large('owner', 'b', 'another');
    const write = responses.run(requester('owner'), null, build('write', MEBIBYTE));
    await turn();
    for (const { leave } of [...waiting, shared]) leave();
    builds[0]!.end();
    await first;
    for (const index of [1, 2]) {
      await turn();
      builds[index]!.end();
    }
    expect([await other, await write]).toEqual(['b', 'write']);
  });

  it('builds a response for a cache, even if its token has no place', async () => {
    const first = large('owner', 'a');
    await turn();
    const waiting = Array.from({ length: 32 }, (_, index) => leavable(`${index}`));
    const cached = responses.runForCache('owner', build('cached', MEBIBYTE));
    await turn();
    for (const { leave } of waiting) leave();
    builds[0]!.end();
    await first;
    await turn();
    for (const { end } of builds) end();
    expect([await cached, started()]).toEqual(['cached', ['a', 'cached']]);
  });

  it('rejects a list above 16 MiB', async () => {
    const list = responses.run(requester('owner'), 'a', (budget) => {
      budget.takeOrReject(16 * MEBIBYTE + 1);
      return Promise.resolve('a list that is too large');
    });
    await expect(list).rejects.toMatchObject({ kind: 'invalid', code: 'list.too_large' });
  });
});

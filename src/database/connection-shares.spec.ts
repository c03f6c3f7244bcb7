import type { Turn } from '../common/fair-queue';
import { assignAccount, ConnectionShares } from './connection-shares';

describe('ConnectionShares', () => {
  const enter = (shares: ConnectionShares, accountId: string | undefined, isReadOnly: boolean): Turn => {
    const runner = { data: {} };
    assignAccount(runner, accountId);
    return shares.enter(runner, isReadOnly);
  };
  const isStarted = (turn: Turn): Promise<boolean> =>
    Promise.race([turn.started.then(() => true), new Promise<boolean>((r) => setImmediate(r, false))]);
  const countStarted = async (turns: readonly Turn[]): Promise<number> =>
    (await Promise.all(turns.map(isStarted))).filter(Boolean).length;
  const enterMany = (shares: ConnectionShares, accountId: string | undefined, isReadOnly: boolean): Turn[] =>
    Array.from({ length: 100 }, () => enter(shares, accountId, isReadOnly));

  it('gives an account two places for writes and all but three for reads', async () => {
    const shares = new ConnectionShares(10);
    expect(await countStarted(enterMany(shares, 'a', false))).toBe(2);
    expect(await countStarted(enterMany(shares, 'a', true))).toBe(5);
    expect(await isStarted(enter(shares, 'b', true))).toBe(true);
  });

  it('keeps two connections of ten for work without an account, which may use all that are free', async () => {
    const shares = new ConnectionShares(10);
    const started = await Promise.all(['a', 'b', 'c'].map((id) => countStarted(enterMany(shares, id, true))));
    expect(started).toEqual([5, 3, 0]);
    expect(await countStarted(enterMany(shares, undefined, false))).toBe(10);
  });

  it('lets another account start at the next end of a turn', async () => {
    const shares = new ConnectionShares(2);
    const [current] = enterMany(shares, 'a', false);
    const other = enter(shares, 'b', true);
    expect(await isStarted(other)).toBe(false);
    current!.leave();
    expect(await isStarted(other)).toBe(true);
  });

  it.each([1, 2, 3, 4])('lets accounts work with a pool of %i', async (size) => {
    expect(await isStarted(enter(new ConnectionShares(size), 'a', false))).toBe(true);
    expect(await isStarted(enter(new ConnectionShares(size), 'a', true))).toBe(true);
  });

  it('rejects a turn with 503 when 500 of its account wait, and none of another account', () => {
    const shares = new ConnectionShares(10);
    for (let turn = 0; turn < 502; turn++) enter(shares, 'a', false);
    expect(() => enter(shares, 'a', false)).toThrow(expect.objectContaining({ code: 'database_busy' }));
    expect(() => enter(shares, 'b', false)).not.toThrow();
  });
});

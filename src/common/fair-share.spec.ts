import { FairShare } from './fair-share';

describe('FairShare', () => {
  function fill(share: FairShare, owner: string): number {
    while (share.change(owner, 1));
    return share.of(owner);
  }

  it('gives an owner at most as much as it leaves free', () => {
    const share = new FairShare(32);
    expect(['a', 'b', 'c', 'd'].map((owner) => fill(share, owner))).toEqual([16, 8, 4, 2]);
  });

  it('gives the last unit only to an owner without any', () => {
    const share = new FairShare(3);
    expect([fill(share, 'a'), share.change('b', 1), share.change('b', 1)]).toEqual([1, true, false]);
    expect([share.change('c', 1), share.change('d', 1)]).toEqual([true, false]);
  });

  it('keeps what an owner has when more does not fit', () => {
    const share = new FairShare(10);
    share.change('a', 4);
    expect([share.change('a', 2), share.of('a')]).toEqual([false, 4]);
    share.change('a', -4);
    expect([share.of('a'), share.change('b', 5)]).toEqual([0, true]);
  });
});

import { InFlightLimit } from './in-flight-limit';

describe('InFlightLimit.tryEnter', () => {
  it('returns null when the key has all of its places', () => {
    const limit = new InFlightLimit(2, 10);
    const [first, second, third] = [limit.tryEnter('a'), limit.tryEnter('a'), limit.tryEnter('a')];
    expect([typeof first, typeof second, third]).toEqual(['function', 'function', null]);
    expect(limit.tryEnter('b')).not.toBeNull();
  });

  it('returns null when all places are taken, whatever the key', () => {
    const limit = new InFlightLimit(2, 3);
    for (const key of ['a', 'a', 'b']) expect(limit.tryEnter(key)).not.toBeNull();
    expect(limit.tryEnter('c')).toBeNull();
  });

  it('frees a place once, however often it is released', () => {
    const limit = new InFlightLimit(1, 2);
    const leave = limit.tryEnter('a')!;
    limit.tryEnter('b');
    leave();
    leave();
    expect(limit.tryEnter('a')).not.toBeNull();
    expect(limit.tryEnter('c')).toBeNull();
  });
});

import { InFlightLimit } from './in-flight-limit';

describe('InFlightLimit.tryEnter', () => {
  const fill = (limit: InFlightLimit, key: string): number => {
    let count = 0;
    while (limit.tryEnter(key)) count += 1;
    return count;
  };

  it('returns null when the key has all of its places', () => {
    const limit = new InFlightLimit(2, 10);
    const [first, second, third] = [limit.tryEnter('a'), limit.tryEnter('a'), limit.tryEnter('a')];
    expect([typeof first, typeof second, third]).toEqual(['function', 'function', null]);
    expect(limit.tryEnter('b')).not.toBeNull();
  });

  it('finds a place for another key when eight keys take what they get of 32', () => {
    const limit = new InFlightLimit(4, 32);
    const keys = Array.from({ length: 8 }, (_, index) => `key ${index}`);
    expect(keys.map((key) => fill(limit, key))).toEqual([4, 4, 4, 4, 4, 4, 4, 2]);
    expect(limit.tryEnter('another')).not.toBeNull();
  });

  it('returns null when all places are taken, whatever the key', () => {
    const limit = new InFlightLimit(2, 3);
    for (const key of ['a', 'b', 'c']) expect(limit.tryEnter(key)).not.toBeNull();
    expect(limit.tryEnter('d')).toBeNull();
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

import { setTimeout } from 'node:timers/promises';
import { FairCache } from './fair-cache';

interface Value {
  readonly size: number;
}

const of = (size: number): Value => ({ size });

describe('FairCache', () => {
  const create = (ttlMs?: number) =>
    new FairCache<Value>({ maxSize: 100, sizeOf: ({ size }) => size, ttlMs });
  const found = (cache: FairCache<Value>, owner: string, count: number) =>
    Array.from({ length: count }, (_, index) => cache.get(owner, `${index}`)).filter(Boolean).length;

  it('keeps the values of an owner, whatever larger owners add', () => {
    const cache = create();
    for (let index = 0; index < 4; index++) cache.set('small', `${index}`, of(10));
    for (let index = 0; index < 1000; index++) cache.set('large', `${index}`, of(10));
    expect(found(cache, 'small', 4)).toBe(4);
    expect(cache.get('large', '999')).toBeDefined();
    expect(found(cache, 'large', 1000)).toBeLessThanOrEqual(6);
  });

  it('evicts the least recently used value of the largest owner', () => {
    const cache = create();
    for (const key of ['a', 'b', 'c']) cache.set('large', key, of(30));
    cache.get('large', 'a');
    cache.set('small', 'd', of(20));
    expect(['a', 'b', 'c'].map((key) => cache.get('large', key) !== undefined)).toEqual([true, false, true]);
    expect(cache.get('small', 'd')).toBeDefined();
  });

  it('evicts one value, not all, when owners of the same size exceed it', () => {
    const cache = create();
    const owners = ['a', 'b', 'c', 'd', 'e'];
    for (const owner of owners) cache.set(owner, '', of(24));
    expect(owners.filter((owner) => cache.get(owner, '') !== undefined)).toHaveLength(3);
  });

  it('does not share values between owners', () => {
    const cache = create();
    cache.set('a', 'key', of(1));
    expect(cache.get('b', 'key')).toBeUndefined();
  });

  it('counts a replaced value once', () => {
    const cache = create();
    cache.set('a', 'other', of(40));
    for (let index = 0; index < 100; index++) cache.set('a', 'key', of(40));
    expect(cache.get('a', 'other')).toBeDefined();
  });

  it('keeps no value that is larger than the cache', () => {
    const cache = create();
    cache.set('a', 'small', of(10));
    cache.set('a', 'large', of(101));
    expect([cache.get('a', 'large'), cache.get('a', 'small')]).toEqual([undefined, of(10)]);
  });

  it('evicts expired values first', async () => {
    const cache = create(250);
    for (const owner of ['a', 'b']) cache.set(owner, 'old', of(45));
    await setTimeout(300);
    cache.set('c', 'new', of(60));
    expect(cache.get('c', 'new')).toBeDefined();
  });
});

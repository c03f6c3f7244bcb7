import { PatternCache } from './pattern-cache';

const MAX_BYTES = 512 * 1024;

describe('PatternCache', () => {
  it('limits the memory of its patterns, not their number', () => {
    const cache = new PatternCache(MAX_BYTES);
    for (let index = 0; index < 500; index++) {
      cache.search(`(?i)[\\pL\\d].{${index}}$`, '');
      expect(cache.bytes).toBeLessThanOrEqual(MAX_BYTES);
    }
    expect(cache.size).toBeGreaterThan(1);
    expect(cache.size).toBeLessThan(MAX_BYTES / 16_384);
  });

  it('counts the memory that a pattern takes when it is used', () => {
    const cache = new PatternCache(MAX_BYTES);
    cache.search('a.{100}$', '');
    const before = cache.bytes;
    cache.search('a.{100}$', 'ab'.repeat(1000));
    expect(cache.bytes).toBeGreaterThan(before);
  });

  it('matches after a pattern was evicted', () => {
    const cache = new PatternCache(0);
    for (let turn = 0; turn < 2; turn++) expect(cache.search('^a+$', 'aaa')).toBe(true);
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });
});

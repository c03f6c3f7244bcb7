import fc from 'fast-check';
import { expectCpuTimeBelow } from '../../test/support/pace';
import { MAX_JSON_DEPTH, measureJson } from './measure-json';

const ANY = 1_000_000;

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, entry) => sum + countKeys(entry), keys);
}

function countNodes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, entry) => sum + countNodes(entry), 1);
}

describe('measureJson', () => {
  it('counts the keys and values that JSON.parse builds', () => {
    const values = fc.jsonValue({ depthSize: 'large', maxDepth: 8 });
    fc.assert(
      fc.property(values, fc.constantFrom(0, 2), (value, spaces) => {
        const text = JSON.stringify(value, null, spaces);
        // The key `__proto__` of JSON.stringify is an own key again after JSON.parse.
        const nodes = countNodes(JSON.parse(text));
        expect(measureJson(text, nodes)).toEqual({ keys: countKeys(JSON.parse(text)) });
        if (nodes > 1) expect(measureJson(text, nodes - 1)).toMatchObject({ excess: 'too_many_nodes' });
      }),
      { numRuns: 1000 },
    );
  });

  it('accepts 32 levels and stops at the next one', () => {
    const nest = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(measureJson(nest(MAX_JSON_DEPTH), ANY)).toEqual({ keys: 0 });
    expect(measureJson(nest(MAX_JSON_DEPTH + 1), ANY)).toEqual({
      excess: 'too_deep',
      offset: MAX_JSON_DEPTH,
    });
  });

  it.each([
    ['brackets', '['],
    ['empty objects', '{},'],
    ['numbers', '1,'],
    ['quotes', '"'],
    ['escapes', '\\\\'],
    ['spaces', ' '],
  ])('takes linear time for 8 MiB of %s', async (_case, piece) => {
    const text = piece.repeat((8 << 20) / piece.length);
    await expectCpuTimeBelow(20, () => measureJson(text, ANY));
  });
});

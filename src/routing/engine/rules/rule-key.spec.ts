import fc from 'fast-check';
import { splitKey, encodePart, encodeKey, decodeKey } from './rule-key';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 't', '1:a', 'n1;', ';', '2:z'));
const scalar = fc.oneof(text, fc.double({ noNaN: true }), fc.integer(), fc.boolean(), fc.constant(null));
const values = fc.array(scalar, { maxLength: 5 });

describe('encodeKey', () => {
  it('returns a key that decodes to the same values', () => {
    fc.assert(
      fc.property(values, (list) => {
        const key = encodeKey(list);
        expect(splitKey(key)).toEqual(list.map(encodePart));
        // Rules and JSON do not distinguish -0 from 0.
        expect(decodeKey(key)).toEqual(list.map((value) => (value === 0 ? 0 : value)));
      }),
      { numRuns: 1000 },
    );
  });

  it('returns different keys for different types', () => {
    expect(
      new Set([1, '1', true, 'true', 't', null, 'null', 'z', ''].map((value) => encodeKey([value]))).size,
    ).toBe(9);
    expect(encodeKey([-0])).toBe(encodeKey([0]));
  });
});

import fc from 'fast-check';
import { expectCpuTimeBelow } from '../../test/support/pace';
import { TextSearch } from './text-search';

const twoLetters = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b'), maxLength });

describe('TextSearch.isIn', () => {
  it('returns what String.includes returns', () => {
    fc.assert(
      fc.property(twoLetters(40), twoLetters(6), (text, search) => {
        expect(new TextSearch(search).isIn(text)).toBe(text.includes(search));
      }),
      { numRuns: 5000 },
    );
  });

  it('takes linear time for a text that is made against it', async () => {
    const search = new TextSearch(`${'a'.repeat(250)}b${'a'.repeat(3800)}`);
    const text = 'a'.repeat(8 << 20);
    expect(search.isIn(text)).toBe(false);
    // About 2 on an idle machine. String.includes takes 100 for a hundredth of this text.
    await expectCpuTimeBelow(20, () => search.isIn(text));
  });
});

import { structuredList } from './structured-list';

describe('structuredList', () => {
  it('quotes each text, and replaces what a header cannot have', () => {
    expect(structuredList(['a=b;c', 'say "hi"\\', 'é\n'])).toBe('"a=b;c", "say \\"hi\\"\\\\", "??"');
  });
});

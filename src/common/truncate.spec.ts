import { truncate } from './truncate';

describe('truncate', () => {
  it('keeps a text that is not longer', () => expect(truncate('abcd', 4)).toBe('abcd'));
  it('ends a longer text with an ellipsis', () => expect(truncate('abcde', 4)).toBe('abc…'));
  it('does not split a surrogate pair', () => expect(truncate('ab😀de', 4)).toBe('ab…'));
});

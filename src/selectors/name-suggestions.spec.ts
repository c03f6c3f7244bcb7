import { suggestNames } from './name-suggestions';

describe('suggestNames', () => {
  const names = ['gpt-4o', 'GPT-4o-mini', 'gpt-4', 'claude-sonnet-4', 'claude-opus-4', 'o3'];

  it.each([
    ['gpt-4o-2024', ['gpt-4o', 'gpt-4', 'GPT-4o-mini']],
    ['Sonnet', ['claude-sonnet-4']],
    ['claude-haiku', ['claude-opus-4', 'claude-sonnet-4']],
    ['openai/o3', ['o3']],
    ['llama', []],
  ])('returns the similar names for %s', (wanted, similar) => {
    expect(suggestNames(names, wanted)).toEqual(similar);
    expect(suggestNames(names.toReversed(), wanted)).toEqual(similar);
  });

  it('returns at most five names', () => {
    expect(
      suggestNames(
        Array.from({ length: 9 }, (_, index) => `gpt-${index}`),
        'gpt',
      ),
    ).toHaveLength(5);
  });
});

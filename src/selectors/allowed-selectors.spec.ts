import {
  AllowedSelectors,
  allowedSelectorsProblems,
  isAllowed,
  type SelectableModel,
} from './allowed-selectors';

const model = (name: string, differing: Partial<SelectableModel> = {}): SelectableModel => ({
  model: name,
  aliases: [],
  tags: [],
  isDefault: false,
  ...differing,
});

const allowed = (...texts: string[]) => AllowedSelectors.parse(texts);

describe('AllowedSelectors', () => {
  it.each<[string, string, SelectableModel, boolean]>([
    ['main^gpt-4o', 'main', model('gpt-4o'), true],
    ['main^gpt-4o', 'Main', model('GPT-4o'), true],
    [' main ^ gpt-4o ', 'main', model('gpt-4o'), true],
    ['main^short', 'main', model('gpt-4o', { aliases: ['Short'] }), true],
    ['main^gpt-4o', 'other', model('gpt-4o'), false],
    ['main^gpt-4o', 'main', model('gpt-4'), false],
    ['main^a^b', 'main', model('a^b'), true],
    ['main^', 'main', model('gpt-4o', { isDefault: true }), true],
    ['main^', 'main', model('gpt-4o'), false],
    ['main^', 'other', model('gpt-4o', { isDefault: true }), false],
    ['main^*', 'MAIN', model('anything'), true],
    ['main^*', 'mainly', model('anything'), false],
    ['main^a*', 'main', model('ab'), false],
    ['gpt-4o', 'any', model('GPT-4O'), true],
    ['short', 'any', model('gpt-4o', { aliases: ['short'] }), true],
    ['gpt-4o', 'any', model('gpt-4o-mini'), false],
    ['#fast', 'any', model('x', { tags: ['slow', 'fast'] }), true],
    ['#fast', 'any', model('x', { tags: ['Fast'] }), false],
    ['#fast', 'any', model('fast'), false],
    ['fast', 'any', model('x', { tags: ['fast'] }), false],
    ['main^#fast', 'main', model('x', { tags: ['fast'] }), true],
    ['main^#fast', 'other', model('x', { tags: ['fast'] }), false],
  ])('%s: allows of %s %j: %s', (text, provider, each, expected) => {
    expect(allowed(text).allows(provider, each)).toBe(expected);
    expect(allowed('nothing^else', text).allows(provider, each)).toBe(expected);
  });

  it('does not confuse a provider with a part of a name', () => {
    const { entries } = allowed('main^x') as unknown as { entries: Set<string> };
    const [, key] = /^=([^:]+):x$/.exec([...entries][0]!)!;
    expect(allowed(`${key}:x`).allows('main', model('x'))).toBe(false);
  });

  it('allows nothing for a corrupt text', () => {
    for (const text of ['', 'auto', '*', '^x', '#']) {
      expect(allowed(text).allows('main', model(text, { isDefault: true, tags: [text] }))).toBe(false);
    }
  });

  it.each<[string[], string[], boolean]>([
    [['main^gpt'], ['MAIN^GPT'], true],
    [['main^gpt'], ['main^*'], true],
    [['main^gpt'], ['gpt'], true],
    [['main^gpt'], ['main^'], false],
    [['main^gpt'], ['other^gpt', 'other^*'], false],
    [['main^'], ['main^*'], true],
    [['main^'], ['main^gpt'], false],
    [['main^#fast'], ['#fast'], true],
    [['main^#fast'], ['main^*'], true],
    [['main^#fast'], ['fast', 'main^fast'], false],
    [['#fast'], ['main^#fast', 'fast'], false],
    [['main^*'], ['main^*'], true],
    [['main^*'], ['main^', 'main^gpt'], false],
    [['gpt'], ['main^gpt', 'main^*'], false],
    [['gpt', '#fast'], ['#fast', 'gpt', 'more'], true],
    [['gpt', '#fast'], ['gpt'], false],
  ])('%j is within %j: %s', (inner, outer, expected) => {
    expect(allowed(...inner).isSubsetOf(allowed(...outer))).toBe(expected);
  });

  it('allows everything if it is null', () => {
    expect(isAllowed({ allowedSelectors: null }, 'main', model('x'))).toBe(true);
    expect(isAllowed({ allowedSelectors: allowed('y') }, 'main', model('x'))).toBe(false);
  });
});

describe('allowedSelectorsProblems', () => {
  it('accepts 1 to 50 selectors of every kind', () => {
    const kinds = ['main^gpt', 'main^', 'main^*', 'gpt', '#fast', 'main^#fast'];
    expect(allowedSelectorsProblems(kinds, '/a')).toEqual([]);
    expect(allowedSelectorsProblems(Array<string>(50).fill('gpt'), '/a')).toEqual([]);
  });

  it.each<[unknown, string, string]>([
    ['gpt', '/a', 'type'],
    [[], '/a', 'length'],
    [Array<string>(51).fill('gpt'), '/a', 'length'],
    [['gpt', 5], '/a/1', 'type'],
    [['gpt', ''], '/a/1', 'format'],
    [['auto'], '/a/0', 'format'],
    [['*'], '/a/0', 'format'],
    [['^x'], '/a/0', 'format'],
    [['#'], '/a/0', 'format'],
    [['x'.repeat(1025)], '/a/0', 'format'],
    [Array<string>(9).fill('x'.repeat(1000)), '/a', 'size'],
  ])('rejects %j', (value, pointer, code) => {
    expect(allowedSelectorsProblems(value, '/a')).toMatchObject([{ pointer, code }]);
  });
});

import { modelNameProblem, nameProblem, normaliseName, tagProblem } from './text-rules';

const invisible = {
  NUL: '\0',
  'a line feed': '\n',
  'a C1 control': '\u0085',
  'a soft hyphen': '\u00ad',
  'a zero-width space': '\u200b',
  'a zero-width non-joiner': '\u200c',
  'a joiner between letters': '\u200d',
  'a direction override': '\u202e',
  'a line separator': '\u2028',
  'a word joiner': '\u2060',
  'a Hangul filler': '\u3164',
  'a combining grapheme joiner': '\u034f',
  'a variation selector': '\ufe0f',
  'a tag character': '\u{e0061}',
};

describe('nameProblem', () => {
  it.each([
    'anthropic-main',
    'A',
    'Прод',
    '日本語',
    'a/b:c',
    '__proto__',
    'constructor',
    'null',
    '%',
    '..',
    'automatic',
  ])('accepts %s', (name) => expect(nameProblem(name)).toBeNull());

  it.each(['👩‍💻 team', '👨‍👩‍👧‍👦', '❤️', '🏳️‍🌈', '🧑🏽‍🚀', '1️⃣', '🇫🇷', '☎️ line'])('accepts the emoji of %s', (name) => {
    expect(nameProblem(name)).toBeNull();
  });

  it('counts 200 code points after trimming and composing', () => {
    expect(nameProblem(`  ${'😀'.repeat(200)}\t`)).toBeNull();
    expect(nameProblem('😀'.repeat(201))).toEqual({
      code: 'length',
      detail: 'Must have at most 200 characters.',
    });
    expect(nameProblem('e\u0301'.repeat(200))).toBeNull();
    expect(nameProblem('a'.repeat(200))).toBeNull();
    expect(nameProblem('a'.repeat(201))).toMatchObject({ detail: expect.stringContaining('200') });
  });

  it.each(['', ' ', '\u3000\t'])('rejects %j, which shows nothing', (name) => {
    expect(nameProblem(name)).toMatchObject({ detail: expect.stringContaining('visible') });
  });

  it.each(['a^b', '^', 'a＾b'])('rejects %s, which would split a selector', (name) => {
    expect(nameProblem(name)).toMatchObject({ detail: expect.stringContaining('"^"') });
  });

  it.each(Object.entries(invisible))('rejects %s', (_name, character) => {
    expect(nameProblem(`a${character}b`)).toMatchObject({ detail: expect.stringContaining('invisible') });
  });

  it.each(['\u200d👩', '👩\u200d', '👩\u200d\u200d💻', '❤\ufe0f\ufe0f', '1\ufe0f', '👩\u200da'])(
    'rejects the stray joiner in %j',
    (name) => expect(nameProblem(name)).toMatchObject({ detail: expect.stringContaining('invisible') }),
  );

  it.each(['a\ud800', '\udc00a'])('rejects half a surrogate pair', (name) => {
    expect(nameProblem(name)).toMatchObject({ detail: expect.stringContaining('surrogate') });
  });

  it.each(['auto', 'AUTO', ' Auto ', 'ａｕｔｏ'])('rejects %j, the selector for any model', (name) => {
    expect(nameProblem(name)).toMatchObject({ detail: expect.stringContaining('auto') });
  });

  it.each(['#fast', ' #', '＃fast', '﹟'])('rejects %j, which reads as a tag', (name) => {
    expect(nameProblem(name)).toMatchObject({ detail: expect.stringContaining('#') });
  });
});

describe('normaliseName', () => {
  it('composes and trims, and changes nothing else', () => {
    expect(normaliseName('\u3000Cafe\u0301  ＡＩ \n')).toBe('Café  ＡＩ');
  });
});

describe('modelNameProblem', () => {
  it.each([
    'gpt-4o',
    'anthropic/claude-sonnet-4:beta',
    'a^b',
    'a b',
    'models/x',
    'cafe\u0301',
    '日本',
    '😀'.repeat(512),
  ])('accepts %s', (model) => expect(modelNameProblem(model)).toBeNull());

  it.each([' gpt', 'gpt ', '\u00a0gpt', 'gpt\u3000', 'gpt\u2028', '\ufeffgpt', 'gpt\n'])(
    'rejects the outer white space of %j',
    (model) => {
      expect(modelNameProblem(model)).toMatchObject({ detail: expect.stringContaining('white space') });
    },
  );

  it.each(['a\0b', 'a\nb', 'a\u007fb', 'a\u0085b'])('rejects the control character in %j', (model) => {
    expect(modelNameProblem(model)).toMatchObject({ detail: expect.stringContaining('control') });
  });

  it.each(['', 'a'.repeat(513), '😀'.repeat(513), 'a\ud800', 'auto', 'AUTO', '#fast'])(
    'rejects %j',
    (model) => {
      expect(modelNameProblem(model)).not.toBeNull();
    },
  );
});

describe('tagProblem', () => {
  it('accepts up to 64 code points between white space', () => {
    expect(tagProblem(` ${'😀'.repeat(64)} `)).toBeNull();
    expect(tagProblem('a'.repeat(65))).toMatchObject({ detail: expect.stringContaining('64') });
  });

  it.each(['', '  ', 'a\nb', 'a\u200bb', 'a\ud800'])('rejects %j', (tag) =>
    expect(tagProblem(tag)).not.toBeNull(),
  );
});

import { DomainError } from '../common/domain-error';
import { MAX_SELECTOR_LENGTH, parseSelector } from './selector';

function parse(text: string, providers: readonly string[] = []) {
  return parseSelector(text, '/selectors/3', () => providers);
}

function rejection(text: string, providers: readonly string[] = []): DomainError {
  try {
    parse(text, providers);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(text)} was parsed`);
}

describe('parseSelector', () => {
  it.each([
    ['main^gpt-4o', 'exact', 'main', 'gpt-4o'],
    ['  main ^  gpt-4o\t', 'exact', 'main', 'gpt-4o'],
    ['my provider^a/b:c', 'exact', 'my provider', 'a/b:c'],
    ['main^', 'default', 'main', null],
    ['main ^ ', 'default', 'main', null],
    ['gpt-4o', 'model', null, 'gpt-4o'],
    [' GPT 4o ', 'model', null, 'GPT 4o'],
    ['#fast', 'tag', null, 'fast'],
    [' #  Very fast ', 'tag', null, 'Very fast'],
    ['main^#fast', 'tag', 'main', 'fast'],
    ['main ^ # fast', 'tag', 'main', 'fast'],
    ['auto', 'auto', null, null],
    [' AuTo ', 'auto', null, null],
    ['', 'auto', null, null],
    [' \n ', 'auto', null, null],
  ])('parses %j as %s', (text, kind, provider, name) => {
    expect(parse(text)).toEqual({ kind, text, provider, name });
  });

  it('splits at the first caret, so a model name may contain more', () => {
    expect(parse('main^a^b')).toMatchObject({ kind: 'exact', provider: 'main', name: 'a^b' });
    expect(parse('a ^ b ^ ')).toMatchObject({ kind: 'exact', provider: 'a', name: 'b ^' });
    expect(parse('main^#a^b')).toMatchObject({ kind: 'tag', provider: 'main', name: 'a^b' });
  });

  it('parses other carets and words with auto as model names', () => {
    expect(parse('main\uff3egpt')).toMatchObject({ kind: 'model' });
    expect(parse('automatic')).toMatchObject({ kind: 'model' });
    expect(parse('main^auto')).toMatchObject({ kind: 'exact', name: 'auto' });
  });

  it.each([
    ['^gpt', 'no provider is named before "^"'],
    ['  ^', 'no provider is named before "^"'],
    ['^#fast', 'no provider is named before "^"'],
    ['#', 'no tag follows "#"'],
    [' #  ', 'no tag follows "#"'],
    ['main^#', 'no tag follows "#"'],
    ['main^# ', 'no tag follows "#"'],
    ['gpt\u00004o', 'it contains control characters'],
    ['main\u0085x^gpt', 'it contains control characters'],
    ['main^gp\nt', 'it contains control characters'],
    ['gpt\ud800', 'it contains an unpaired surrogate'],
    ['\udc00^gpt', 'it contains an unpaired surrogate'],
    ['x'.repeat(MAX_SELECTOR_LENGTH + 1), 'it has more than 1024 characters'],
  ])('rejects %j', (text, problem) => {
    const error = rejection(text);
    expect(error.kind).toBe('invalid');
    expect(error.code).toBe('validation.failed');
    expect(error.errors).toEqual([
      { pointer: '/selectors/3', code: 'format', detail: expect.stringContaining(`: ${problem}.`) },
    ]);
  });

  it('counts code points, not UTF-16 code units', () => {
    expect(parse('😀'.repeat(MAX_SELECTOR_LENGTH))).toMatchObject({ kind: 'model' });
    expect(rejection('😀'.repeat(MAX_SELECTOR_LENGTH + 1)).detail).toContain('1024');
  });

  it('lists the format and the existing providers in the error', () => {
    expect(rejection('^').detail).toBe(
      '/selectors/3: Must be "provider^model", "provider^", "model", "#tag", "provider^#tag" or "auto": ' +
        'no provider is named before "^". There are no providers yet.',
    );
    expect(rejection('^', ['a', 'b "c"']).detail).toMatch(/ The providers are "a", "b \\"c\\""\.$/);
    const many = Array.from({ length: 23 }, (_, index) => `p${index}`);
    expect(rejection('^', many).detail).toMatch(/"p18", "p19" and 3 more\.$/);
  });

  it('does not list the providers for a valid selector', () => {
    const listProviders = () => {
      throw new Error('listed');
    };
    expect(() => parseSelector('main^gpt', '/selector', listProviders)).not.toThrow();
  });
});

import { assertMatch, etagOf, etagOfText, matchesNone } from './etag';

describe('etagOf', () => {
  it('returns a strong entity tag (RFC 9110, section 8.8.3)', () => {
    expect(etagOf({ a: 1 })).toMatch(/^"[\x21\x23-\x7e]{27}"$/);
  });

  it('returns the tag of the serialized text', () => {
    expect(etagOf({ a: [1, null] })).toBe(etagOfText('{"a":[1,null]}'));
  });

  it('changes with any byte', () => {
    const tags = ['', ' ', 'a', 'A', 'é', 'e\u0301'].map(etagOfText);
    expect(new Set(tags).size).toBe(tags.length);
  });
});

describe('assertMatch', () => {
  const shown = { name: 'x' };
  const tag = etagOf(shown);

  it.each([undefined, '*', ' * ', tag, ` ${tag} `, `"other",${tag}`, `W/"other" , ${tag}`])(
    'accepts %s',
    (header) => {
      expect(() => assertMatch(header, shown)).not.toThrow();
    },
  );

  it.each(['"other"', `W/${tag}`, '""', `"${tag}`])('throws 412 for %s', (header) => {
    expect(() => assertMatch(header, shown)).toThrow(
      expect.objectContaining({ kind: 'precondition_failed', code: 'request.stale_etag' }),
    );
  });
});

describe('matchesNone', () => {
  it.each(['"a"', 'W/"a"', '"b", "a"', '"b",W/"a"', '*'])(
    'returns true for %s (weak comparison)',
    (header) => {
      expect(matchesNone(header, '"a"')).toBe(true);
    },
  );

  it.each([undefined, '', '"b"', 'a', '"A"'])('returns false for %s', (header) => {
    expect(matchesNone(header, '"a"')).toBe(false);
  });
});

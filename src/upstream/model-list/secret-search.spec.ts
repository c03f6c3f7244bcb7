import { SecretSearch } from './secret-search';

const KEY = 'mK9/Tq2+xW7%Zr4?cJ8d';

describe('SecretSearch', () => {
  const base64 = (before: string) => Buffer.from(`${before}${KEY}after`).toString('base64');

  it.each([
    ['as it is', KEY],
    ['in upper case', KEY.toUpperCase()],
    ['URL-encoded', encodeURIComponent(KEY)],
    ['in hex', Buffer.from(KEY).toString('hex')],
    ...['', 'x', 'xy', 'xyz'].map((before) => [`in base64 after "${before}"`, base64(before)]),
    ['in base64url', base64('user:').replaceAll('+', '-').replaceAll('/', '_')],
  ])('finds a secret %s', (_case, spelling) => {
    expect(new SecretSearch(['dummy', KEY]).isIn(`model-${spelling}:free`)).toBe(true);
  });

  it('finds a short secret that looks like a key', () => {
    expect(new SecretSearch(['sk-test-1']).isIn('model sk-test-1')).toBe(true);
  });

  it.each(['ollama', 'lm-studio', 'none', ''])('ignores the short key %j', (key) => {
    expect(new SecretSearch([key]).isIn('lm-studio/ollama-none')).toBe(false);
  });

  it('finds nothing in other names', () => {
    expect(new SecretSearch([KEY]).isIn('gpt-4o-mini')).toBe(false);
  });
});

import { redact } from './redaction';

const KEY = 'mK9vTq2LxW7bZr4NcJ8d';

describe('redact', () => {
  it.each([
    ['plain', KEY],
    ['in upper case', KEY.toUpperCase()],
    ['base64', Buffer.from(KEY).toString('base64')],
    ['base64 of a pair', Buffer.from(`u:${KEY}`).toString('base64')],
    ['base64url', Buffer.from(`?>${KEY}`).toString('base64url')],
    ['hex', Buffer.from(KEY).toString('hex')],
    ['the first half', KEY.slice(0, 10)],
    ['the last half', KEY.slice(-10)],
  ])('takes out a key %s', (_case, spelling) => {
    const text = redact(`Incorrect key: (${spelling}). See docs.`, [KEY]);
    expect(text).toMatch(/^Incorrect key: \(.*\[redacted\].*\)\. See docs\.$/);
    for (let start = 0; start + 8 <= spelling.length; start++) {
      expect(text).not.toContain(spelling.slice(start, start + 8));
    }
  });

  it('takes out a key with characters that a URL escapes', () => {
    expect(redact(`x ${encodeURIComponent('a+b/c=d&e')} y`, ['a+b/c=d&e'])).toBe('x [redacted] y');
  });

  it('takes out a short secret as a whole', () => {
    expect(redact('the pin is 9876.', ['9876'])).toBe('the pin is [redacted].');
  });

  it.each(['sk-proj-abc****wxyz', 'gsk_0123456789', 'AIzaSyA0123456789', 'Bearer abcdef', 'Basic dTpw'])(
    'takes out %s, whoever it belongs to',
    (credential) => {
      expect(redact(`got ${credential}, sorry`, [])).toBe('got [redacted], sorry');
    },
  );

  it('leaves other text as it is', () => {
    const text = 'The model `gpt-4` does not exist; task-based routing is off.';
    expect(redact(text, [KEY])).toBe(text);
  });
});

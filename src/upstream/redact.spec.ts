import fc from 'fast-check';
import { expectCpuTimeBelow } from '../../test/support/pace';
import { redact, redactUrl } from './redact';

const KEY = 'mK9vTq2LxW7bZr4NcJ8d';

describe('redact', () => {
  it.each([
    ['in plain text', KEY],
    ['in upper case', KEY.toUpperCase()],
    ['in base64', Buffer.from(KEY).toString('base64')],
    ['in base64 of a pair', Buffer.from(`u:${KEY}`).toString('base64')],
    ['in base64url', Buffer.from(`?>${KEY}`).toString('base64url')],
    ['in hex', Buffer.from(KEY).toString('hex')],
    ['cut to its first half', KEY.slice(0, 10)],
    ['cut to its last half', KEY.slice(-10)],
  ])('removes a key %s', (_case, spelling) => {
    const text = redact(`Incorrect key: (${spelling}). See docs.`, [KEY]);
    expect(text).toMatch(/^Incorrect key: \(.*\[redacted\].*\)\. See docs\.$/);
    for (let start = 0; start + 8 <= spelling.length; start++) {
      expect(text).not.toContain(spelling.slice(start, start + 8));
    }
  });

  it('removes a URL-encoded key', () => {
    expect(redact(`x ${encodeURIComponent('a+b/c=d&e')} y`, ['a+b/c=d&e'])).toBe('x [redacted] y');
  });

  it('removes a short secret', () => {
    expect(redact('the pin is 9876.', ['9876'])).toBe('the pin is [redacted].');
  });

  it.each(['sk-proj-abc****wxyz', 'gsk_0123456789', 'AIzaSyA0123456789', 'Bearer abcdef', 'Basic dTpw'])(
    'removes the unknown credential %s',
    (credential) => {
      expect(redact(`got ${credential}, sorry`, [])).toBe('got [redacted], sorry');
    },
  );

  it.each([
    ['a dummy key', 'model "llama3" not found, try ollama pull llama3', 'ollama'],
    ['the scheme of a URL', 'To increase, see https://vendor.example/credits', 'https://myapp.internal'],
    ['a version', 'API version 2023-01-01-preview is not supported.', '2023-01-01-preview'],
  ])('keeps %s', (_what, text, secret) => {
    expect(redact(text, [secret])).toBe(text);
  });

  it('removes the rest of a secret URL', () => {
    expect(redact('see https://hooks.example/T0/abc', ['https://hooks.example/T0/abc'])).toBe(
      'see https://[redacted]',
    );
  });

  it('returns other text unchanged', () => {
    const text = 'The model `gpt-4` does not exist; task-based routing is off.';
    expect(redact(text, [KEY])).toBe(text);
  });

  it('removes each place where a text repeats a piece of eight characters, and nothing else', () => {
    const letters = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom('x', 'y'), minLength, maxLength });
    fc.assert(
      fc.property(letters(0, 60), fc.array(letters(4, 14), { maxLength: 3 }), (text, secrets) => {
        const masked = [...text].map((_character, at) =>
          secrets.some((secret) => {
            if (secret.length < 8) return false;
            const size = Math.min(8, secret.length);
            return Array.from({ length: size }, (_, offset) => at - offset).some((start) => {
              const piece = text.slice(Math.max(start, 0), start + size);
              return start >= 0 && piece.length === size && secret.includes(piece);
            });
          }),
        );
        const expected = [...text].map((letter, at) => (masked[at] ? '*' : letter)).join('');
        expect(redact(text, secrets)).toBe(expected.replace(/\*+/g, '[redacted]'));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['one secret', ['x'.repeat(65_000)]],
    ['one secret that differs at the end of each piece', [`${'x'.repeat(7)}y`.repeat(8000)]],
    ['five thousand secrets', Array.from({ length: 5000 }, (_, index) => `v${index}`.padEnd(12, 'x'))],
  ])('takes linear time for 64 KiB of %s and a text that is made for it', async (_case, secrets) => {
    const text = 'x'.repeat(2000);
    redact(text, secrets);
    await expectCpuTimeBelow(8, () => redact(text, secrets));
  });
});

describe('redactUrl', () => {
  const SECRET = 'mK9/Tq2+xW7%Zr4?cJ8d';
  const once = encodeURIComponent(SECRET);

  it.each([
    ['as it is', SECRET.replaceAll('/', '%2F').replace('%Z', '%25Z').replace('?', '%3F')],
    ['encoded', once],
    ['encoded twice', encodeURIComponent(once)],
    ['encoded in lower case', once.replace('%2F', '%2f')],
    [
      'with every character encoded',
      [...Buffer.from(SECRET)].map((byte) => `%${byte.toString(16)}`).join(''),
    ],
    ['in base64', Buffer.from(SECRET).toString('base64url')],
  ])('removes a secret %s', (_case, spelling) => {
    const url = new URL(`https://h.example/x/${spelling}/y`);
    expect(redactUrl(url, [SECRET])).toMatch(/^https:\/\/h\.example\/x\/(.?.?\[redacted\])+.?.?\/y$/);
  });

  it('removes a secret from the host, without user, query and fragment', () => {
    const url = new URL('https://u:p@mk9vtq2lxw7bzr4ncj8d.example/a?b#c');
    expect(redactUrl(url, [KEY])).toBe('https://[redacted].example/a');
  });

  it('keeps a URL without secrets as it is', () => {
    const url = new URL('https://h.example/a%20b/%25');
    expect(redactUrl(url, [KEY])).toBe('https://h.example/a%20b/%25');
  });
});

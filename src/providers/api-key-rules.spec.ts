import { expectCpuTimeBelow } from '../../test/support/pace';
import { apiKeyProblem, isMask, keyPrefix } from './api-key-rules';

describe('isMask', () => {
  it.each([
    '*',
    '**',
    '***',
    '********',
    '•',
    '••••',
    '…',
    '...',
    'sk-…abcd',
    'sk-...abcd',
    'sk-ant-a***',
    'sk-****wxyz',
    'sk-proj-••••abcd',
    'sk-ant-api03-abc....wxyz',
  ])('recognises %s', (text) => expect(isMask(text)).toBe(true));

  it.each([
    'sk-proj-A1b2_C3-d4',
    'key*with*stars',
    'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl',
    'a.b.c',
    'x',
    `${'k'.repeat(30)}...${'k'.repeat(30)}`,
  ])('does not take %s for a mask', (text) => expect(isMask(text)).toBe(false));
});

describe('apiKeyProblem', () => {
  it.each([
    'x',
    '!~',
    'sk-ant-api03-abcDEF_123',
    'k'.repeat(16_384),
    'ollama',
    'none',
    'test',
    'EMPTY',
    'user:pass,word',
    'apikey:pass=word',
    'user:KEY=x',
    'QUJDREVGR0g=',
    'ABSKQmVkcm9ja0tleQ==',
    'Trueish-1',
    'nonesuch',
    'abc=def',
  ])('accepts a key of visible ASCII', (key) => {
    expect(apiKeyProblem(key)).toBeNull();
  });

  it.each(['', ' ', 'a b', ' sk-1', 'sk-1\n', 'sk-é', 'sk-\0', 'sk-\u007f', 'k'.repeat(16_385)])(
    'rejects %j',
    (key) => {
      expect(apiKeyProblem(key)).not.toBeNull();
    },
  );

  it('rejects a mask and says how to keep the stored key', () => {
    const detail = expect.stringContaining('leave the field out');
    expect(apiKeyProblem('sk-…abcd')).toMatchObject({ code: 'mask', detail });
  });

  it.each([
    ['"sk-abcdefghijkl"', 'quoted'],
    ["'sk-abcdefghijkl'", 'quoted'],
    ['${OPENAI_API_KEY}', 'placeholder'],
    ['$OPENAI_API_KEY', 'placeholder'],
    ['OPENAI_API_KEY', 'placeholder'],
    ['{{ key }}', 'placeholder'],
    ['<your-api-key>', 'placeholder'],
    ['os.environ/OPENAI_API_KEY', 'placeholder'],
    ['process.env.OPENAI_API_KEY', 'placeholder'],
    ['undefined', 'placeholder'],
    ['null', 'placeholder'],
    ['NULL', 'placeholder'],
    ['(null)', 'placeholder'],
    ['%!s(<nil>)', 'placeholder'],
    ['None', 'placeholder'],
    ['true', 'placeholder'],
    ['False', 'placeholder'],
    ['OPENAI_API_KEY=sk-abcdefghijkl', 'pattern'],
    ['OPENAI_API_KEY = sk-abcdefghijkl', 'pattern'],
    ['OPENROUTER_PROD=sk-abcdefghijkl', 'pattern'],
    ['export GROQ_API_KEY=gsk_abcdefghijkl', 'pattern'],
    ['--api-key=sk-abcdefghijkl', 'pattern'],
    ['apiKey=sk-abcdefghijkl', 'pattern'],
    ['OPENAI_API_KEY=${KEY}', 'pattern'],
    ['x-api-key:sk-abcdefghijkl', 'pattern'],
    ['Authorization: Bearer sk-abcdefghijkl', 'pattern'],
    ['sk-a1,sk-b2', 'several_keys'],
    ['sk-a1, sk-b2', 'several_keys'],
    ['sk-a1\nsk-b2\n', 'several_keys'],
    ['Bearer sk-abcdefghijkl', 'pattern'],
    ['{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----"}', 'service_account'],
  ])('says what it sees in %s', (text, code) => {
    expect(apiKeyProblem(text)?.code).toBe(code);
  });

  it('takes linear time', async () => {
    const texts = ['\n'.repeat(16_000), `a${',\n'.repeat(8_000)}:`, `"${'a'.repeat(16_000)}`];
    for (const text of texts) await expectCpuTimeBelow(8, () => apiKeyProblem(text));
  });

  it('never quotes the key', () => {
    for (const key of ['Zx9 Zx9', 'Zx9***', 'Zx9é']) expect(apiKeyProblem(key)?.detail).not.toContain('Zx9');
  });
});

describe('keyPrefix', () => {
  it.each([
    [0, 0],
    [15, 0],
    [16, 4],
    [19, 4],
    [31, 7],
    [32, 8],
    [200, 8],
  ])('of a key with %d characters returns %d', (length, shown) => {
    expect(keyPrefix('k'.repeat(length))).toBe('k'.repeat(shown));
  });

  it('shows nothing of the password behind a colon', () => {
    expect(keyPrefix('ops:correct-horse-battery-staple')).toBe('ops');
  });
});

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
  ])('knows %s', (text) => expect(isMask(text)).toBe(true));

  it.each([
    'sk-proj-A1b2_C3-d4',
    'key*with*stars',
    'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl',
    'a.b.c',
    'x',
    `${'k'.repeat(30)}...${'k'.repeat(30)}`,
  ])('leaves %s alone', (text) => expect(isMask(text)).toBe(false));
});

describe('apiKeyProblem', () => {
  it.each(['x', '!~', 'sk-ant-api03-abcDEF_123', 'k'.repeat(4096)])('takes a key of visible ASCII', (key) => {
    expect(apiKeyProblem(key)).toBeNull();
  });

  it.each(['', ' ', 'a b', ' sk-1', 'sk-1\n', 'sk-é', 'sk-\0', 'sk-\u007f', 'k'.repeat(4097)])(
    'refuses %j',
    (key) => {
      expect(apiKeyProblem(key)).not.toBeNull();
    },
  );

  it('never lets a mask overwrite a key, and says what to do', () => {
    expect(apiKeyProblem('sk-…abcd')).toContain('leave the field out');
  });

  it('never quotes the key', () => {
    for (const key of ['Zx9 Zx9', 'Zx9***', 'Zx9é']) expect(apiKeyProblem(key)).not.toContain('Zx9');
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
  ])('of a key of %d characters shows %d', (length, shown) => {
    expect(keyPrefix('k'.repeat(length))).toBe('k'.repeat(shown));
  });
});

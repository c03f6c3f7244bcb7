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
  it.each(['x', '!~', 'sk-ant-api03-abcDEF_123', 'k'.repeat(4096)])(
    'accepts a key of visible ASCII',
    (key) => {
      expect(apiKeyProblem(key)).toBeNull();
    },
  );

  it.each(['', ' ', 'a b', ' sk-1', 'sk-1\n', 'sk-é', 'sk-\0', 'sk-\u007f', 'k'.repeat(4097)])(
    'rejects %j',
    (key) => {
      expect(apiKeyProblem(key)).not.toBeNull();
    },
  );

  it('rejects a mask and says how to keep the stored key', () => {
    const detail = expect.stringContaining('leave the field out');
    expect(apiKeyProblem('sk-…abcd')).toMatchObject({ code: 'mask', detail });
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
});

import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { KeyRingError } from './crypto.errors';
import { parseKeyRing } from './key-ring';
import { SAMPLE_KEY, weaknessOf } from './weak-key';

const strong = () => randomBytes(32).toString('base64');
const base64 = (bytes: Iterable<number>) => Buffer.from(Uint8Array.from(bytes)).toString('base64');
const bytesBy = (make: (index: number) => number) =>
  base64(Array.from({ length: 32 }, (_, index) => make(index)));

function rejection(text: string): string {
  try {
    parseKeyRing(text);
  } catch (error) {
    if (error instanceof KeyRingError) return error.message;
    throw error;
  }
  throw new Error('the ring was accepted');
}

describe('parseKeyRing', () => {
  it('parses keys in order, the first being active', () => {
    const [first, second] = [strong(), strong()];
    const ring = parseKeyRing(`k20260102-ab_1:${first}, old:${second}`);
    expect(ring.activeKeyId).toBe('k20260102-ab_1');
    expect(ring.keyIds).toEqual(['k20260102-ab_1', 'old']);
    expect(ring.find('old')?.export().toString('base64')).toBe(second);
    expect(ring.find('none')).toBeUndefined();
  });

  it('shows no key when it is logged or serialised', () => {
    const key = strong();
    const ring = parseKeyRing(`a:${key}`);
    const shown = inspect(ring, { showHidden: true, depth: 9 }) + JSON.stringify(ring);
    expect(shown).not.toContain(key);
    expect(shown).not.toContain(Buffer.from(key, 'base64').toString('hex'));
  });

  const malformed: [string, (key: string) => string, RegExp][] = [
    ['an empty text', () => '', /^entry 1 is empty/],
    ['a key alone', (key) => key, /entry 1 is not of the form/],
    ['a trailing comma', (key) => `a:${key},`, /^entry 2 is empty/],
    ['no key id', (key) => `:${key}`, /entry 1: the key id/],
    ['a key in the place of the id', (key) => `${key}:a`, /entry 1: the key id/],
    ['quotes', (key) => `"a:${key}"`, /entry 1: the key id .* without quotes/],
    ['an upper-case id', (key) => `Key:${key}`, /entry 1: the key id/],
    ['an id with a dot', (key) => `a.b:${key}`, /entry 1: the key id/],
    ['an id of 33 characters', (key) => `${'a'.repeat(33)}:${key}`, /entry 1: the key id/],
    ['an id twice', (key) => `a:${key},a:${strong()}`, /'a' is a duplicate/],
    ['a key twice', (key) => `a:${key},b:${key}`, /'b' is the same key as 'a'/],
    ['no key', () => 'a:', /'a' is empty/],
    ['31 bytes', () => `a:${randomBytes(31).toString('base64')}`, /'a' must have exactly 32 bytes/],
    ['33 bytes', () => `a:${randomBytes(33).toString('base64')}`, /'a' must have exactly 32 bytes/],
    ['hexadecimal', () => `a:${randomBytes(32).toString('hex')}`, /'a' is hexadecimal; .* 44 characters/],
    ['no padding', (key) => `a:${key.replace('=', '')}`, /'a' is not strict base64/],
    ['white space inside', (key) => `a:${key.slice(0, 9)} ${key.slice(9)}`, /'a' is not strict base64/],
    ['characters that are not base64', (key) => `a:!${key}`, /'a' is not strict base64/],
    ['base64url', () => `a:${'-_'.repeat(21)}8=`, /'a' is not strict base64/],
    ['spare bits set', (key) => `a:${key.slice(0, 42)}B=`, /'a' is not strict base64/],
  ];

  it.each(malformed)('rejects %s, naming its position and not its value', (_what, make, expected) => {
    const key = strong();
    const message = rejection(make(key));
    expect(message).toMatch(expected);
    expect(message).not.toContain(key.slice(0, 8));
  });

  const weak: [string, string, RegExp][] = [
    ['zeros', base64(new Uint8Array(32)), /all zero/],
    ['one byte', bytesBy(() => 0xa5), /one byte repeated/],
    ['an ascending sequence', bytesBy((index) => index), /sequence/],
    ['a sequence that wraps', bytesBy((index) => (250 + index) & 0xff), /sequence/],
    ['a descending sequence', bytesBy((index) => 255 - index), /sequence/],
    ['a sequence by threes', bytesBy((index) => (index * 3) & 0xff), /sequence/],
    ['two alternating bytes', bytesBy((index) => (index % 2 ? 0xde : 0xad)), /repeated pattern/],
    ['a pattern of five', bytesBy((index) => [1, 200, 31, 94, 5][index % 5] ?? 0), /repeated pattern/],
    [
      '16 random bytes twice',
      Buffer.concat(Array(2).fill(randomBytes(16))).toString('base64'),
      /repeated pattern/,
    ],
    [
      'few bytes',
      bytesBy((index) => [0, 9, 130, 255, 7][(index * index) % 5] ?? 0),
      /pattern|too few different/,
    ],
    ['a passphrase', Buffer.from('correct horse battery staple 123').toString('base64'), /passphrase/],
    ['a typed line', Buffer.from('correct horse battery staple 12\n').toString('base64'), /passphrase/],
    [
      'a hexadecimal string',
      Buffer.from('9f86d081884c7d659a2feaa0c55ad015').toString('base64'),
      /passphrase/,
    ],
    ['a Cyrillic passphrase', Buffer.from('ёжикслопатаыяюэщ').toString('base64'), /passphrase/],
    ['the sample of the documentation', SAMPLE_KEY, /published sample/],
    [
      "NIST's example",
      Buffer.from('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', 'hex').toString(
        'base64',
      ),
      /published sample/,
    ],
  ];

  it.each(weak)('rejects a weak key: %s', (_what, key, expected) => {
    const message = rejection(`fine:${strong()},poor:${key}`);
    expect(message).toMatch(expected);
    expect(message).toContain("'poor'");
    expect(message).not.toContain(key.slice(0, 8));
  });

  it('rejects a sample key that is the documented SHA-256', () => {
    expect(createHash('sha256').update('caret sample key').digest('base64')).toBe(SAMPLE_KEY);
  });

  it('accepts every random key', () => {
    for (let round = 0; round < 2000; round += 1) expect(weaknessOf(randomBytes(32))).toBeNull();
  });
});

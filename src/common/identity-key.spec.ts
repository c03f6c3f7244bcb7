import fc from 'fast-check';
import { foldCase, foldedModelKey, identityKey } from './identity-key';

describe('foldCase', () => {
  it.each([
    ['GPT-4o', 'gpt-4o'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['ẞ', 'ss'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφοσ'],
    ['Σίσυφος', 'σίσυφοσ'],
    ['ſ', 's'],
    ['\u212a', 'k'],
    ['\u212b', 'å'],
    ['µ', 'μ'],
    ['İ', 'i\u0307'],
    ['ı', 'ı'],
    ['I', 'i'],
    ['ŉ', 'ʼn'],
    ['ǰ', 'j\u030c'],
    ['ᾳ', 'αι'],
    ['ᾼ', 'αι'],
    ['ΐ', 'ι\u0308\u0301'],
    ['\u0345', 'ι'],
    ['ﬁ', 'fi'],
    ['ﬃ', 'ffi'],
    ['ﬓ', 'մն'],
    ['և', 'եւ'],
    ['ǅ', 'ǆ'],
    ['Ⅷ', 'ⅷ'],
    ['Ꭰ', 'Ꭰ'],
    ['ꭰ', 'Ꭰ'],
    ['ᏸ', 'Ᏸ'],
    ['Ა', 'ა'],
    ['𐐀', '𐐨'],
    ['日本語 😀', '日本語 😀'],
  ])('folds %s to %s', (text, folded) => expect(foldCase(text)).toBe(folded));

  it('is idempotent for every code point', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const once = foldCase(String.fromCodePoint(code));
      if (foldCase(once) !== once) throw new Error(`U+${code.toString(16)}`);
    }
  });

  it('folds letters alike that a regular expression matches without case', () => {
    // The flags i and u compare by simple case folding. Full case folding must not separate what that equates.
    for (let code = 0; code <= 0x1ffff; code++) {
      const character = String.fromCodePoint(code);
      for (const other of [character.toLowerCase(), character.toUpperCase()]) {
        if ([...other].length !== 1 || other === character) continue;
        const equal = new RegExp(`^\\u{${code.toString(16)}}$`, 'iu').test(other);
        if (equal && foldCase(character) !== foldCase(other)) throw new Error(`U+${code.toString(16)}`);
      }
    }
  });
});

describe('identityKey', () => {
  it('returns 64 lower-case hex digits for any length', () => {
    expect(identityKey('')).toMatch(/^[0-9a-f]{64}$/);
    expect(identityKey('😀'.repeat(200))).toMatch(/^[0-9a-f]{64}$/);
  });

  it('returns the same key in every release, because rows store it', () => {
    expect(identityKey('Anthropic-Main')).toBe(
      '5afa20b9c35e52aa6ed6772c246efb725e714967540042658d80ad679ac5921f',
    );
    expect(foldedModelKey('GPT-4o')).toBe('a2a69af70d1b9be70f1abf8218492c5e65aea34285462bd65757cd6f44a7c10e');
  });

  it.each([
    ['OpenAI', 'openai'],
    ['café', 'cafe\u0301'],
    ['ｏｐｅｎａｉ', 'OpenAI'],
    ['Straße', 'STRASSE'],
    ['ﬁne', 'FINE'],
    ['①', '1'],
    ['a\u00a0b', 'a b'],
    ['\u1fc3\u0301', '\u0397\u0301\u0399'],
    ['ᾳ\u0301', 'ά\u0345'],
    ['㎅', 'kb'],
  ])('gives %s and %s the same key', (one, other) => expect(identityKey(one)).toBe(identityKey(other)));

  it.each([
    ['gpt-4', 'gpt-4 '],
    ['a', 'á'],
    ['i', 'ı'],
    ['0', 'O'],
    ['a', 'а'],
  ])('gives %j and %j different keys', (one, other) => expect(identityKey(one)).not.toBe(identityKey(other)));

  it('ignores normalisation and case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const variants = [
          ...(['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form) => text.normalize(form)),
          foldCase(text),
        ];
        expect(new Set([text, ...variants].map(identityKey)).size).toBe(1);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('foldedModelKey', () => {
  it('ignores case', () => expect(foldedModelKey('Claude-Sonnet-4')).toBe(foldedModelKey('claude-sonnet-4')));

  it.each([
    ['café', 'cafe\u0301'],
    ['ｇｐｔ', 'gpt'],
    ['gpt-4', 'gpt-4 '],
  ])('gives %j and %j different keys', (one, other) => {
    expect(foldedModelKey(one)).not.toBe(foldedModelKey(other));
  });
});

import { newId } from '../common/ids';
import { createToken, findTokenId, MAX_TOKEN_LENGTH, TOKEN_PREFIX } from './token-format';

const id = newId();
const token = createToken(id);

describe('createToken', () => {
  it('creates a token of a fixed prefix, the id, 256 bits of secret and a checksum', () => {
    const [, hexId, secret] = /^caret_([0-9a-f]{32})_([\w-]{43})[0-9a-f]{8}$/.exec(token) ?? [];
    expect(hexId).toBe(id.replaceAll('-', ''));
    expect(Buffer.from(secret!, 'base64url')).toHaveLength(32);
    expect(token.startsWith(TOKEN_PREFIX)).toBe(true);
    expect(token.length).toBeLessThan(MAX_TOKEN_LENGTH);
  });

  it('creates a different token each time', () => expect(createToken(id)).not.toBe(token));
});

describe('findTokenId', () => {
  it('returns the id of a token', () => expect(findTokenId(token)).toBe(id));

  it('returns null when any one character is changed', () => {
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'a' ? 'b' : 'a';
      expect(findTokenId(`${token.slice(0, index)}${other}${token.slice(index + 1)}`)).toBeNull();
    }
  });

  it.each([
    ['an empty string', ''],
    ['the prefix alone', TOKEN_PREFIX],
    ['a missing last character', token.slice(0, -1)],
    ['an additional character', `${token}0`],
    ['a leading space', ` ${token}`],
    ['a trailing line break', `${token}\n`],
    ['upper case', token.toUpperCase()],
    ['an id that is not a UUIDv7', createToken('00000000-0000-4000-8000-000000000000')],
  ])('returns null for %s', (_case, text) => expect(findTokenId(text)).toBeNull());
});

import { newId } from '../common/ids';
import { createToken, MAX_TOKEN_LENGTH, TOKEN_PREFIX, tokenId } from './token-format';

describe('a token', () => {
  const id = newId();
  const token = createToken(id);

  it('has a fixed prefix, its id, 256 bits of secret and a checksum', () => {
    const [, hexId, secret] = /^caret_([0-9a-f]{32})_([\w-]{43})[0-9a-f]{8}$/.exec(token) ?? [];
    expect(hexId).toBe(id.replaceAll('-', ''));
    expect(Buffer.from(secret!, 'base64url')).toHaveLength(32);
    expect(token.startsWith(TOKEN_PREFIX)).toBe(true);
    expect(token.length).toBeLessThan(MAX_TOKEN_LENGTH);
  });

  it('gives its id back', () => expect(tokenId(token)).toBe(id));

  it('is never the same twice', () => expect(createToken(id)).not.toBe(token));

  it('is refused with any one character changed', () => {
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'a' ? 'b' : 'a';
      expect(tokenId(`${token.slice(0, index)}${other}${token.slice(index + 1)}`)).toBeNull();
    }
  });

  it.each([
    ['nothing', ''],
    ['the prefix alone', TOKEN_PREFIX],
    ['a character less', token.slice(0, -1)],
    ['a character more', `${token}0`],
    ['a space before', ` ${token}`],
    ['a line break behind', `${token}\n`],
    ['upper case', token.toUpperCase()],
    ['an id that is no UUIDv7', createToken('00000000-0000-4000-8000-000000000000')],
  ])('is refused: %s', (_case, text) => expect(tokenId(text)).toBeNull());
});

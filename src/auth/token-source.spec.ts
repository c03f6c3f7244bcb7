import { findGatewayToken } from './token-source';

const isOurs = (text: string) => text.startsWith('caret_');

function tokenOf(headers: Record<string, string>, rawHeaders = Object.entries(headers).flat()) {
  return findGatewayToken({ headers, rawHeaders }, isOurs);
}

describe('findGatewayToken', () => {
  it.each<[string, Record<string, string>, string | null]>([
    ['nothing', {}, null],
    ['a bearer token', { authorization: 'Bearer caret_a' }, 'caret_a'],
    ['a bearer token in lower case', { authorization: 'bearer own' }, 'own'],
    ['another scheme', { authorization: 'Basic caret_a' }, null],
    ['a key', { 'x-api-key': 'caret_a' }, 'caret_a'],
    ['an own key', { 'x-api-key': 'own' }, 'own'],
    ['an empty key', { 'x-api-key': '' }, null],
    ['a key with a space', { 'x-api-key': 'caret_a b' }, null],
    ['the same token twice', { authorization: 'Bearer caret_a', 'x-api-key': 'caret_a' }, 'caret_a'],
    ['a key beside another scheme', { authorization: 'Basic x', 'x-api-key': 'caret_a' }, 'caret_a'],
    [
      'a bearer token beside another key',
      { authorization: 'Bearer caret_a', 'x-api-key': 'sk-1' },
      'caret_a',
    ],
    [
      'a key beside another bearer token',
      { authorization: 'Bearer sk-1', 'x-api-key': 'caret_a' },
      'caret_a',
    ],
    ['two tokens of another form', { authorization: 'Bearer sk-1', 'x-api-key': 'sk-2' }, 'sk-1'],
    ['a bearer token beside an invalid key', { authorization: 'Bearer own', 'x-api-key': '' }, 'own'],
  ])('finds the token in %s', (_case, headers, expected) => {
    expect(tokenOf(headers)).toBe(expected);
  });

  it.each<[string, () => unknown]>([
    ['two tokens of Caret', () => tokenOf({ authorization: 'Bearer caret_a', 'x-api-key': 'caret_b' })],
    [
      'two Authorization headers',
      () =>
        tokenOf({ authorization: 'Bearer a' }, ['Authorization', 'Bearer a', 'authorization', 'Bearer b']),
    ],
    ['two keys', () => tokenOf({ 'x-api-key': 'a, b' }, ['x-api-key', 'a', 'X-API-Key', 'b'])],
  ])('rejects %s', (_case, find) => {
    expect(find).toThrow(expect.objectContaining({ kind: 'malformed', code: 'invalid_request' }));
  });
});

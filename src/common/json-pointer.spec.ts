import { jsonPointer } from './json-pointer';

describe('jsonPointer', () => {
  it('appends keys and indexes', () => {
    expect(jsonPointer('', 'usage', 'iterations', 0)).toBe('/usage/iterations/0');
    expect(jsonPointer('/when', '$or')).toBe('/when/$or');
  });

  it('returns the base without keys', () => {
    expect(jsonPointer('/usage')).toBe('/usage');
  });

  it('escapes "~" before "/"', () => {
    expect(jsonPointer('', 'a/b~c', '~1')).toBe('/a~1b~0c/~01');
  });

  it('keeps an empty key', () => {
    expect(jsonPointer('', '')).toBe('/');
  });
});

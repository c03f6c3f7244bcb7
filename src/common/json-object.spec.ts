import { isJsonObject } from './json-object';

describe('isJsonObject', () => {
  it.each([{}, { a: 1 }, Object.create(null), JSON.parse('{"__proto__":1}')])('accepts %j', (value) => {
    expect(isJsonObject(value)).toBe(true);
  });

  it.each([null, undefined, 'text', 1, true, [], new Date(), new Map()])('rejects %p', (value) => {
    expect(isJsonObject(value)).toBe(false);
  });
});

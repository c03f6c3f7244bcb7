import { storedObject, storedTexts } from './stored-json';

const INVALID = [
  '',
  ' ',
  '{',
  '[',
  '{"a":',
  'null',
  'true',
  '5',
  '"text"',
  'plain text',
  'undefined',
  '{}{}',
  '\0',
];

describe('storedObject', () => {
  it.each(['{}', '{"a":[1,{"b":null}]}'])('parses %s', (text) => {
    expect(storedObject(text)).toEqual(JSON.parse(text));
  });

  it.each([...INVALID, '[]', '[{}]'])('returns undefined for %j', (text) => {
    expect(storedObject(text)).toBeUndefined();
  });
});

describe('storedTexts', () => {
  it.each(['[]', '["a","B"]'])('parses %s', (text) => {
    expect(storedTexts(text)).toEqual(JSON.parse(text));
  });

  it.each([...INVALID, '{}', '[1]', '["a",null]', '[["a"]]'])('returns undefined for %j', (text) => {
    expect(storedTexts(text)).toBeUndefined();
  });
});

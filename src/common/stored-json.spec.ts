import { storedObject, storedTexts } from './stored-json';

const NEITHER = [
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
  it.each(['{}', '{"a":[1,{"b":null}]}'])('reads %s', (text) => {
    expect(storedObject(text)).toEqual(JSON.parse(text));
  });

  it.each([...NEITHER, '[]', '[{}]'])('knows that %j is none', (text) => {
    expect(storedObject(text)).toBeUndefined();
  });
});

describe('storedTexts', () => {
  it.each(['[]', '["a","B"]'])('reads %s', (text) => {
    expect(storedTexts(text)).toEqual(JSON.parse(text));
  });

  it.each([...NEITHER, '{}', '[1]', '["a",null]', '[["a"]]'])('knows that %j is none', (text) => {
    expect(storedTexts(text)).toBeUndefined();
  });
});

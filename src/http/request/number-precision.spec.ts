import { parseStrictJson } from './strict-json';

const parse = (text: string) => parseStrictJson(Buffer.from(text));

describe('parseStrictJson', () => {
  it.each(['9007199254740992', '-9007199254740992', '1234567890123456789', '1e16', '9007199254740993.0'])(
    'rejects the whole number %s, which a parser may round, in rules, contexts and advanced_json',
    (number) => {
      const bodies: [string, string][] = [
        [`{"when":{"user.id":${number}}}`, '/when/user.id'],
        [`{"when":{"$or":[{"a":{"$in":[1,${number}]}}]}}`, '/when/$or/0/a/$in/1'],
        [`{"context":{"a/b":{"c":${number}}}}`, '/context/a~1b/c'],
        [`{"advanced_json":{"seed":${number}}}`, '/advanced_json/seed'],
        [`{"advanced_json":{"extra_query":{"id":${number}}}}`, '/advanced_json/extra_query/id'],
        [`{"pricing":{"adjustments":[{"when":{"speed":${number}}}]}}`, '/pricing/adjustments/0/when/speed'],
      ];
      for (const [body, pointer] of bodies) {
        expect(() => parse(body)).toThrow(
          expect.objectContaining({
            kind: 'malformed',
            code: 'request.number_precision',
            errors: [expect.objectContaining({ pointer, code: 'number_precision' })],
          }),
        );
        expect(parse(body.replace(number, '9007199254740991'))).toBeDefined();
        expect(parse(body.replace(number, `"${number}"`))).toBeDefined();
      }
      expect(parse(`{"priority":${number},"usage":{"prompt_tokens":${number}}}`)).toBeDefined();
    },
  );
});

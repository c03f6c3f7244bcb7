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

  /** The comment has what a double makes of the number. */
  it.each([
    '100000000.000000000001', // 100000000
    '0.1000000000000000055', // 0.1
    '0.300000000000000016', // 0.30000000000000004
    '1234567.1234567890123', // 1234567.123456789
    '1e-400', // 0, which would be free
    '1.00000000000000000001e-3', // 0.001
  ])('rejects the amount %s, which a parser rounds', (number) => {
    for (const [body, pointer] of [
      [`{"cost_per_1k_input":${number}}`, '/cost_per_1k_input'],
      [`{"multiplier":${number}}`, '/multiplier'],
      [`{"pricing":{"rates":{"citation":${number}}}}`, '/pricing/rates/citation'],
      [`{"pricing":{"units":{"request":${number}}}}`, '/pricing/units/request'],
      [`{"pricing":{"tiers":[{"above_input_tokens":1,"input":${number}}]}}`, '/pricing/tiers/0/input'],
      [`{"pricing":{"adjustments":[{"multiplier":${number}}]}}`, '/pricing/adjustments/0/multiplier'],
      [`{"pricing":{"schedule":[{"multiplier":${number}}]}}`, '/pricing/schedule/0/multiplier'],
    ] as const) {
      expect(() => parse(body)).toThrow(
        expect.objectContaining({
          code: 'request.number_precision',
          errors: [expect.objectContaining({ pointer, code: 'number_precision' })],
        }),
      );
      expect(parse(body.replace(number, `"${number}"`))).toBeDefined();
    }
    // A double is all that these fields promise.
    expect(parse(`{"advanced_json":{"multiplier":${number}},"usage":{"cost":${number}}}`)).toBeDefined();
    expect(parse(`{"pricing":{"adjustments":[{"when":{"a":${number}}}]}}`)).toBeDefined();
  });

  it.each([
    '0.000000000001',
    '1e-12',
    '0.100000000000000000000',
    '1000000000.00000000000',
    '123456789.1234567',
    '0.30000000000000004',
    '1.5e2',
    '0.00000000000000000000000000000000000000000001e32',
  ])('accepts the amount %s, which a double keeps', (number) => {
    expect(parse(`{"cost_per_1k_input":${number}}`)).toEqual({ cost_per_1k_input: Number(number) });
  });
});

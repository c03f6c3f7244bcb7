import { indexRule, ruleText } from './indexed-rule';
import { INVALID_RULE, NO_RULE, ShapePool } from './rule-shape';

describe('indexRule', () => {
  const compile = (text: string, pool = new ShapePool()) => indexRule(text, pool);

  it.each([
    '{}',
    '{"a":1}',
    '{"b":"x","a":null}',
    '{"a":{"$eq":1}}',
    '{"1":1,"0":"\\u00e9"}',
    '{"0":-0,"1":1.50}',
    '{ "a": 1 }',
    '{"a.b":true,"c":{"$gt":1}}',
    '{"$and":[{"a":1}]}',
    '{"a":{}}',
    '{"a\\"b":"\\n"}',
    '{',
    'null',
  ])('restores the text %s exactly', (text) => expect(ruleText(compile(text))).toBe(text));

  it('stores the text only if shape and key cannot restore it', () => {
    expect(compile('{"b":"x","a":1}').residual).toBeNull();
    expect(compile('{"b":"x","a":{"$eq":1}}').residual).not.toBeNull();
  });

  it('gives rules with the same equalities one path set and one key, whatever their notation', () => {
    const pool = new ShapePool();
    const rules = [
      '{"a":1,"b":"x"}',
      '{"b":"x","a":1}',
      '{"a":1,"b":"x","c":{"$gt":1}}',
      '{"$and":[{"b":"x"},{"a":1}]}',
    ];
    const compiled = rules.map((text) => {
      const when = compile(text, pool);
      pool.retain(when.shape);
      return when;
    });
    expect(new Set(compiled.map(({ shape }) => shape.pathSet)).size).toBe(1);
    expect(new Set(compiled.map(({ key }) => key)).size).toBe(1);
    expect(compiled.map(({ shape }) => shape.conditions)).toEqual([2, 2, 3, 2]);
  });

  it('distinguishes paths whose joined names are alike', () => {
    const pool = new ShapePool();
    const pathSets = ['{"a":1,"b":1}', '{"a1:b":1}', '{"a,b":1}'].map((text) => {
      const { shape } = compile(text, pool);
      pool.retain(shape);
      return shape.pathSet;
    });
    expect(new Set(pathSets).size).toBe(3);
  });

  it.each(['{', '', 'null', '[]', '"a"', '{"a":{"$no":1}}', '{"$or":[]}'])('marks %s as invalid', (text) => {
    expect(compile(text).shape).toBe(INVALID_RULE);
  });

  it('treats an empty rule as no rule', () => {
    expect(compile('{}').shape).toBe(NO_RULE);
    expect(compile('{ }').shape).toBe(NO_RULE);
  });
});

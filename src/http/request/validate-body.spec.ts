import type { DomainError } from '../../common/domain-error';
import { BooleanField, IntegerField } from './common-fields';
import { DeepField, Field } from './field';
import { validateBody } from './validate-body';

class BaseDto {
  @BooleanField('optional', {})
  flag?: boolean;
}

class ThingDto extends BaseDto {
  @IntegerField('required', {})
  count!: number;

  @Field({
    presence: 'nullable',
    schema: { type: 'string' },
    code: 'word',
    problem: (value) => (value === 'yes' ? null : 'must be yes'),
  })
  word?: string | null;

  @DeepField({
    presence: 'nullable',
    schema: { type: 'object', additionalProperties: true },
    check: (value, pointer) =>
      Object.keys(value as object).map((key) => ({
        pointer: `${pointer}/${key}`,
        code: 'deep',
        detail: 'no',
      })),
  })
  deep?: Record<string, unknown> | null;
}

function errorsOf(value: unknown): [pointer: string, code: string][] {
  try {
    validateBody(value, ThingDto);
  } catch (error) {
    expect(error).toMatchObject({ kind: 'invalid', code: 'validation.failed' });
    return (error as DomainError).errors!.map(({ pointer, code }) => [pointer, code]);
  }
  throw new Error('should be refused');
}

describe('validBody', () => {
  it('gives the values as they came, and none that did not come', () => {
    const body = { count: 1, deep: {} };
    expect(validateBody(body, ThingDto)).toBe(body);
    expect(Object.keys(body)).toEqual(['count', 'deep']);
  });

  it.each([undefined, null, 'text', 5, [], [{}]])('refuses %j as a body', (value) => {
    expect(() => validateBody(value, ThingDto)).toThrow(
      expect.objectContaining({ kind: 'malformed', code: 'body.not_an_object' }),
    );
  });

  it.each(['5', 1.5, true, null, [1]])('converts nothing: %j is no integer', (count) => {
    expect(errorsOf({ count })).toEqual([['/count', 'integer']]);
  });

  it('names every violation at once, of inherited and of deep fields too', () => {
    const errors = errorsOf({ flag: 'x', word: 'no', deep: { a: 1 } });
    expect(errors.sort()).toEqual([
      ['/count', 'integer'],
      ['/deep/a', 'deep'],
      ['/flag', 'boolean'],
      ['/word', 'word'],
    ]);
  });

  it('tells null from absent by the presence of the field', () => {
    expect(validateBody({ count: 1, word: null, deep: null }, ThingDto)).toMatchObject({ word: null });
    expect(errorsOf({ count: 1, flag: null })).toEqual([['/flag', 'boolean']]);
  });

  it.each(['other', 'toString', 'hasOwnProperty', 'isPrototypeOf', 'Count', ''])(
    'refuses the unknown field %j',
    (field) => expect(errorsOf({ count: 1, [field]: 1 })).toEqual([[`/${field}`, 'unknown_field']]),
  );

  it.each(['max_completion_tokens_of_the_reasoning_model', 'maxCompletionTokens', 'cost_per_1k_cache_write'])(
    'tells the unknown name %s, which is one',
    (field) => expect(errorsOf({ count: 1, [field]: 1 })).toEqual([[`/${field}`, 'unknown_field']]),
  );

  it.each(['sk-proj-Vq7ZtW3xKp9LmR2cHd8', 'd41d8cd98f00b204e9800998ecf8427e', 'gsk_Vq7ZtW3xKp9LmR2cHd8Qw'])(
    'does not tell back %s, which may be a key in the wrong place',
    (field) => expect(errorsOf({ count: 1, [field]: 1 })).toEqual([['', 'unknown_field']]),
  );

  it('escapes pointers (RFC 6901)', () => {
    expect(errorsOf({ count: 1, 'a/b~c': 1 })).toEqual([['/a~1b~0c', 'unknown_field']]);
  });

  it('keeps what lies in a deep field as it is, whatever it is called', () => {
    class LooseDto {
      @DeepField({
        presence: 'optional',
        schema: { type: 'object', additionalProperties: true },
        check: () => [],
      })
      deep?: object;
    }
    const deep = { toString: 1, nested: [{ valueOf: null }] };
    expect(validateBody({ deep }, LooseDto)).toEqual({ deep });
  });
});

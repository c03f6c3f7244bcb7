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
    problem: (value) => (value === 'yes' ? null : { code: 'enum', detail: 'Must be yes.' }),
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
  throw new Error('validateBody accepted the body');
}

describe('validateBody', () => {
  it.each([[{ items: [1] }], [{ items: [] }], [{ items: [1], unknown: 1 }], [{ items: [], unknown: 1 }]])(
    'checks a value of %j once',
    (body) => {
      let checks = 0;
      class CountedDto {
        @DeepField({
          presence: 'required',
          schema: {},
          check: (value, pointer) => {
            checks++;
            return (value as number[]).length === 1
              ? []
              : [{ pointer, code: 'length', detail: 'Must have one item.' }];
          },
        })
        items!: number[];
      }
      try {
        validateBody(body, CountedDto);
      } catch (error) {
        expect(error).toMatchObject({ code: 'validation.failed' });
      }
      expect(checks).toBe(1);
    },
  );

  it('returns the body unchanged', () => {
    const body = { count: 1, deep: {} };
    expect(validateBody(body, ThingDto)).toBe(body);
    expect(Object.keys(body)).toEqual(['count', 'deep']);
  });

  it.each([undefined, null, 'text', 5, [], [{}]])('rejects %j, which is no JSON object', (value) => {
    expect(() => validateBody(value, ThingDto)).toThrow(
      expect.objectContaining({ kind: 'malformed', code: 'body.not_an_object' }),
    );
  });

  it.each(['5', 1.5, true, null, [1]])('does not convert %j to an integer', (count) => {
    expect(errorsOf({ count })).toEqual([['/count', 'type']]);
  });

  it('reports every invalid field, inherited and deep fields included', () => {
    const errors = errorsOf({ flag: 'x', word: 'no', deep: { a: 1 } });
    expect(errors.sort()).toEqual([
      ['/count', 'required'],
      ['/deep/a', 'deep'],
      ['/flag', 'type'],
      ['/word', 'enum'],
    ]);
  });

  it('reports at most 100 errors', () => {
    const unknown = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`field${index}`, 1]));
    expect(errorsOf({ count: 1, ...unknown })).toHaveLength(100);
  });

  it('accepts null only for a nullable field', () => {
    expect(validateBody({ count: 1, word: null, deep: null }, ThingDto)).toMatchObject({ word: null });
    expect(errorsOf({ count: 1, flag: null })).toEqual([['/flag', 'type']]);
  });

  it.each(['other', 'toString', 'hasOwnProperty', 'isPrototypeOf', 'Count', ''])(
    'rejects the unknown field %j',
    (field) => expect(errorsOf({ count: 1, [field]: 1 })).toEqual([[`/${field}`, 'unknown_field']]),
  );

  it.each(['max_completion_tokens_of_the_reasoning_model', 'maxCompletionTokens', 'cost_per_1k_cache_write'])(
    'repeats the unknown name %s, which looks like a name',
    (field) => expect(errorsOf({ count: 1, [field]: 1 })).toEqual([[`/${field}`, 'unknown_field']]),
  );

  it.each(['sk-proj-Vq7ZtW3xKp9LmR2cHd8', 'd41d8cd98f00b204e9800998ecf8427e', 'gsk_Vq7ZtW3xKp9LmR2cHd8Qw'])(
    'does not repeat %s, which may be a secret',
    (field) => expect(errorsOf({ count: 1, [field]: 1 })).toEqual([['', 'unknown_field']]),
  );

  it('escapes pointers (RFC 6901)', () => {
    expect(errorsOf({ count: 1, 'a/b~c': 1 })).toEqual([['/a~1b~0c', 'unknown_field']]);
  });

  it('keeps every key inside a deep field, such as toString', () => {
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

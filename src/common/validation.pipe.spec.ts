import type { ArgumentMetadata } from '@nestjs/common';
import type { DomainError } from './domain-error';
import { DeepField, Field } from './field';
import { BooleanField, IntegerField } from './fields';
import { StrictValidationPipe } from './validation.pipe';

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

const pipe = new StrictValidationPipe();
const body: ArgumentMetadata = { type: 'body', metatype: ThingDto };

async function errorsOf(value: unknown): Promise<[pointer: string, code: string][]> {
  const error = await pipe.transform(value, body).then(
    () => Promise.reject(new Error('should be refused')),
    (failure: DomainError) => failure,
  );
  expect(error).toMatchObject({ kind: 'invalid', code: 'validation.failed' });
  return error.errors!.map(({ pointer, code }) => [pointer, code]);
}

describe('the validation pipe', () => {
  it('gives an instance of the DTO with the values as they came, and none that did not come', async () => {
    const result = await pipe.transform({ count: 1, deep: {} }, body);
    expect(result).toBeInstanceOf(ThingDto);
    expect(Object.entries(result as object)).toEqual([
      ['count', 1],
      ['deep', {}],
    ]);
  });

  it('passes on what is no body', async () => {
    expect(await pipe.transform('1', { type: 'param', metatype: String })).toBe('1');
  });

  it.each([undefined, null, 'text', 5, [], [{}]])('refuses %j as a body', async (value) => {
    await expect(pipe.transform(value, body)).rejects.toMatchObject({
      kind: 'malformed',
      code: 'body.not_an_object',
    });
  });

  it.each(['5', 1.5, true, null, [1]])('converts nothing: %j is no integer', async (count) => {
    expect(await errorsOf({ count })).toEqual([['/count', 'integer']]);
  });

  it('names every violation at once, of inherited and of deep fields too', async () => {
    const errors = await errorsOf({ flag: 'x', word: 'no', deep: { a: 1 } });
    expect(errors.sort()).toEqual([
      ['/count', 'integer'],
      ['/deep/a', 'deep'],
      ['/flag', 'boolean'],
      ['/word', 'word'],
    ]);
  });

  it('tells null from absent by the presence of the field', async () => {
    await expect(pipe.transform({ count: 1, word: null, deep: null }, body)).resolves.toMatchObject({
      word: null,
    });
    expect(await errorsOf({ count: 1, flag: null })).toEqual([['/flag', 'boolean']]);
  });

  it.each(['other', 'toString', 'hasOwnProperty', 'isPrototypeOf', 'Count', ''])(
    'refuses the unknown field %j',
    async (field) =>
      expect(await errorsOf({ count: 1, [field]: 1 })).toEqual([[`/${field}`, 'unknown_field']]),
  );

  it('escapes pointers (RFC 6901)', async () => {
    expect(await errorsOf({ count: 1, 'a/b~c': 1 })).toEqual([['/a~1b~0c', 'unknown_field']]);
  });

  it('keeps what lies in a deep field as it is, whatever it is called', async () => {
    class LooseDto {
      @DeepField({
        presence: 'optional',
        schema: { type: 'object', additionalProperties: true },
        check: () => [],
      })
      deep?: object;
    }
    const deep = { toString: 1, nested: [{ valueOf: null }] };
    expect(await pipe.transform({ deep }, { type: 'body', metatype: LooseDto })).toEqual({ deep });
  });
});

import 'reflect-metadata';
import { validateSync } from 'class-validator';
import { DeepField, Field, fieldRulesOf, type Presence } from './field';

/** The metadata key of @nestjs/swagger, which does not export it. */
const SWAGGER_PROPERTY = 'swagger/apiModelProperties';

function dto(presence: Presence): new () => { value?: unknown } {
  class Dto {
    @Field({
      presence,
      schema: { type: 'string', description: 'A word.' },
      problem: (value) =>
        typeof value === 'string' ? null : { code: 'type', detail: `Got ${typeof value}.` },
    })
    value?: unknown;
  }
  return Dto;
}

const errorsOf = (presence: Presence, value: unknown) => fieldRulesOf(dto(presence))[0]!.errorsOf(value);

describe('Field', () => {
  it.each<[Presence, unknown, boolean]>([
    ['required', 'x', true],
    ['required', undefined, false],
    ['required', null, false],
    ['optional', 'x', true],
    ['optional', undefined, true],
    ['optional', null, false],
    ['nullable', 'x', true],
    ['nullable', undefined, true],
    ['nullable', null, true],
    ['nullable', 5, false],
  ])('%s with %j: valid is %s, for class-validator too', (presence, value, valid) => {
    const instance = new (dto(presence))();
    if (value !== undefined) instance.value = value;
    expect(validateSync(instance)).toHaveLength(valid ? 0 : 1);
    expect(errorsOf(presence, value)).toHaveLength(valid ? 0 : 1);
  });

  it('reports the pointer, the code and the detail of the rule', () => {
    expect(errorsOf('optional', 5)).toEqual([{ pointer: '/value', code: 'type', detail: 'Got number.' }]);
  });

  it('reports an absent required field as required', () => {
    expect(errorsOf('required', undefined)).toEqual([
      { pointer: '/value', code: 'required', detail: 'Is required.' },
    ]);
  });

  it.each<[Presence, object]>([
    ['required', { required: true }],
    ['optional', { required: false }],
    ['nullable', { required: false, nullable: true }],
  ])('describes a %s field in the OpenAPI document', (presence, described) => {
    const prototype = dto(presence).prototype as object;
    const metadata: unknown = Reflect.getMetadata(SWAGGER_PROPERTY, prototype, 'value');
    expect(metadata).toMatchObject({ type: 'string', description: 'A word.', ...described });
    if (presence !== 'nullable') expect(metadata).not.toHaveProperty('nullable');
  });
});

describe('fieldRulesOf', () => {
  const check = (value: unknown, pointer: string) => [
    { pointer: `${pointer}/inside`, code: 'type', detail: JSON.stringify(value) },
  ];
  class ParentDto {
    @DeepField({ presence: 'nullable', schema: { type: 'object', additionalProperties: true }, check })
    first?: unknown;
  }
  class ChildDto extends ParentDto {
    @DeepField({ presence: 'optional', schema: { type: 'object', additionalProperties: true }, check })
    second?: unknown;
  }

  it('lists inherited fields before own fields', () => {
    expect(fieldRulesOf(ChildDto).map(({ property }) => property)).toEqual(['first', 'second']);
  });

  it('does not add the fields of a subclass to its parent', () => {
    expect(fieldRulesOf(ParentDto).map(({ property }) => property)).toEqual(['first']);
  });

  it('reports errors inside a deep field, unless it is absent or cleared', () => {
    const [first, second] = fieldRulesOf(ChildDto);
    expect(first!.errorsOf(1)).toEqual([{ pointer: '/first/inside', code: 'type', detail: '1' }]);
    expect([first!.errorsOf(undefined), first!.errorsOf(null), second!.errorsOf(undefined)]).toEqual([
      [],
      [],
      [],
    ]);
    expect(second!.errorsOf(null)).toHaveLength(1);
  });
});

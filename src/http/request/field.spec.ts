import 'reflect-metadata';
import { validateSync } from 'class-validator';
import { DeepField, deepErrors, deepRulesOf, Field, type Presence } from './field';

/** Where @nestjs/swagger keeps what it knows of a property; it exports the name nowhere. */
const SWAGGER_PROPERTY = 'swagger/apiModelProperties';

function dto(presence: Presence): new () => { value?: unknown } {
  class Dto {
    @Field({
      presence,
      schema: { type: 'string', description: 'A word.' },
      code: 'word',
      problem: (value) => (typeof value === 'string' ? null : `got ${typeof value}`),
    })
    value?: unknown;
  }
  return Dto;
}

function problems(presence: Presence, value: unknown): unknown[] {
  const instance = new (dto(presence))();
  if (value !== undefined) instance.value = value;
  return validateSync(instance).map(({ constraints }) => constraints);
}

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
  ])('%s with %j: valid is %s', (presence, value, valid) => {
    expect(problems(presence, value)).toHaveLength(valid ? 0 : 1);
  });

  it('tells what is wrong under its stable code', () => {
    expect(problems('optional', 5)).toEqual([{ word: 'got number' }]);
  });

  it.each<[Presence, object]>([
    ['required', { required: true }],
    ['optional', { required: false }],
    ['nullable', { required: false, nullable: true }],
  ])('%s is described so in the OpenAPI document', (presence, described) => {
    const prototype = dto(presence).prototype as object;
    const metadata: unknown = Reflect.getMetadata(SWAGGER_PROPERTY, prototype, 'value');
    expect(metadata).toMatchObject({ type: 'string', description: 'A word.', ...described });
    if (presence !== 'nullable') expect(metadata).not.toHaveProperty('nullable');
  });
});

describe('deepErrors', () => {
  const check = (value: unknown, pointer: string) => [
    { pointer, code: 'seen', detail: JSON.stringify(value) },
  ];
  class ParentDto {
    @DeepField({ presence: 'nullable', schema: { type: 'object', additionalProperties: true }, check })
    first?: unknown;
  }
  class ChildDto extends ParentDto {
    @DeepField({ presence: 'optional', schema: { type: 'object', additionalProperties: true }, check })
    second?: unknown;
  }
  const errorsOf = (values: Record<string, unknown>) =>
    deepErrors(deepRulesOf(ChildDto), values).map(({ pointer }) => pointer);

  it('asks the checks of a class and of what it extends', () => {
    expect(errorsOf({ first: 1, second: 2 })).toEqual(['/first', '/second']);
  });

  it('asks none about what is absent, and about null only where null means nothing', () => {
    expect(errorsOf({})).toEqual([]);
    expect(errorsOf({ first: null })).toEqual([]);
    expect(errorsOf({ second: null })).toEqual(['/second']);
  });

  it('does not add a child’s checks to its parent', () => {
    expect(deepErrors(deepRulesOf(ParentDto), { second: 1 })).toEqual([]);
  });
});

import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import { DomainError, type FieldError } from './domain-error';
import { deepErrors } from './field';

const OPTIONAL_BODY = Symbol('caret:optional-body');

/** A DTO that a request may leave out altogether. */
export const OptionalBody = (): ClassDecorator => (dto) => Reflect.defineMetadata(OPTIONAL_BODY, true, dto);

/** Whether a DTO is one, for the OpenAPI document as well. */
export function isOptionalBody(dto: object): boolean {
  return Reflect.getMetadata(OPTIONAL_BODY, dto) === true;
}

/**
 * Checks a body against its DTO: no conversion, no unknown field, each problem with a JSON pointer (RFC 6901).
 *
 * In place of Nest's own pipe, whose class-transformer drops in silence, at any depth, what has the name of a method of
 * every object (`toString`), so that such a field would be neither refused nor, inside `advanced_json`, kept.
 */
@Injectable()
export class StrictValidationPipe implements PipeTransform {
  private readonly fields = new Map<Type, ReadonlySet<string>>();

  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (type !== 'body') return value;
    if (value === undefined && metatype && isOptionalBody(metatype)) return new metatype() as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new DomainError('malformed', 'body.not_an_object', 'Send a JSON object as the body.');
    }
    if (!metatype) throw new Error('a body without a DTO');
    const unknown = Object.keys(value).filter((field) => !this.fieldsOf(metatype).has(field));
    const body = Object.assign(Object.create(metatype.prototype as object) as object, value);
    const errors = [...unknown.map(unknownField), ...fieldErrors(await validate(body)), ...deepErrors(body)];
    if (errors.length > 0) throw invalid(errors);
    return body;
  }

  private fieldsOf(dto: Type): ReadonlySet<string> {
    let fields = this.fields.get(dto);
    if (!fields) {
      const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
      fields = new Set(rules.map(({ propertyName }) => propertyName));
      this.fields.set(dto, fields);
    }
    return fields;
  }
}

function invalid(errors: FieldError[]): DomainError {
  const first = errors[0];
  const detail = first ? `${first.pointer}: ${first.detail}` : 'The body is not valid.';
  return new DomainError('invalid', 'validation.failed', detail, { errors });
}

function unknownField(field: string): FieldError {
  return { pointer: pointerTo(field), code: 'unknown_field', detail: 'There is no such field.' };
}

function fieldErrors(errors: readonly ValidationError[]): FieldError[] {
  return errors.flatMap(({ property, constraints = {} }) =>
    Object.entries(constraints).map(([code, detail]) => ({ pointer: pointerTo(property), code, detail })),
  );
}

function pointerTo(field: string): string {
  return `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

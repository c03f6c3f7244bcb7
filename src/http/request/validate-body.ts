import type { Type } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { DomainError, type FieldError, invalidFields } from '../../common/domain-error';
import { isJsonObject, type JsonObject } from '../../common/json-object';
import { jsonPointer } from '../../common/json-pointer';
import { type FieldRule, fieldRulesOf } from './field';

const OPTIONAL_BODY = Symbol('caret:optional-body');

/** A DTO of a body that a request may leave out. */
export const OptionalBody = (): ClassDecorator => (dto) => Reflect.defineMetadata(OPTIONAL_BODY, true, dto);

export function isOptionalBody(dto: object): boolean {
  return Reflect.getMetadata(OPTIONAL_BODY, dto) === true;
}

/**
 * Returns a body that is valid for its DTO, unchanged: nothing is converted, and unknown fields are errors.
 *
 * Replaces Nest's validation pipe. That pipe's class-transformer silently drops keys such as `toString` at any depth,
 * so it would neither reject an unknown field of that name nor keep it inside `advanced_json`.
 *
 * @throws DomainError `validation.failed` with the first errors.
 */
export function validateBody(value: unknown, dto: Type): object {
  if (value === undefined && isOptionalBody(dto)) return new dto() as object;
  if (!isJsonObject(value)) {
    throw new DomainError('malformed', 'body.not_an_object', 'Send a JSON object as the body.');
  }
  const rules = rulesOf(dto);
  const unknown = Object.keys(value).filter((field) => !rules.has(field));
  // class-validator builds an error for each field before it looks (measured: see ADR 13), so valid bodies skip it.
  if (unknown.length === 0 && isValid(rules, value)) return value;
  const instance = Object.assign(Object.create(dto.prototype as object) as object, value);
  const invalid = validateSync(instance).flatMap(({ property }) => [
    ...rules.get(property)!.errorsOf(value[property]),
  ]);
  throw invalidFields([...unknown.map(unknownField), ...invalid]);
}

type Rules = ReadonlyMap<string, FieldRule>;

const RULES = new WeakMap<Type, Rules>();

function rulesOf(dto: Type): Rules {
  let rules = RULES.get(dto);
  if (!rules) {
    rules = new Map(fieldRulesOf(dto).map((rule) => [rule.property, rule]));
    RULES.set(dto, rules);
  }
  return rules;
}

function isValid(rules: Rules, body: JsonObject): boolean {
  for (const [property, rule] of rules) {
    if (rule.errorsOf(body[property]).length > 0) return false;
  }
  return true;
}

/** The names that an error repeats. A caller may have pasted a secret in place of a name. */
const HARMLESS_NAME = /^(?:.{0,20}|[A-Za-z_]{1,64}|[a-z]{1,20}(?:_[a-z0-9]{1,20}){1,8})$/;

function unknownField(field: string): FieldError {
  if (HARMLESS_NAME.test(field)) {
    return {
      pointer: jsonPointer('', field),
      code: 'unknown_field',
      detail: 'Unknown field. Remove it, or correct its name.',
    };
  }
  const detail =
    'Unknown field. Remove it, or correct its name, which is omitted because it may contain a secret.';
  return { pointer: '', code: 'unknown_field', detail };
}

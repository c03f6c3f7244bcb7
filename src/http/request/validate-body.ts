import type { Type } from '@nestjs/common';
import {
  getMetadataStorage,
  validateSync,
  type ValidationError,
  ValidationTypes,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { DomainError, type FieldError } from '../../common/domain-error';
import { isJsonObject, type JsonObject } from '../../common/json-object';
import { jsonPointer } from '../../common/json-pointer';
import { deepErrors, type DeepRule, deepRulesOf } from './field';

const OPTIONAL_BODY = Symbol('caret:optional-body');

/** A DTO that a request may leave out altogether. */
export const OptionalBody = (): ClassDecorator => (dto) => Reflect.defineMetadata(OPTIONAL_BODY, true, dto);

/** Whether a DTO is one, for the OpenAPI document as well. */
export function isOptionalBody(dto: object): boolean {
  return Reflect.getMetadata(OPTIONAL_BODY, dto) === true;
}

/**
 * A body that keeps its DTO's rules, as it came: no conversion, no unknown field, each problem with a JSON pointer (RFC 6901).
 *
 * In place of Nest's own pipe, whose class-transformer drops in silence, at any depth, what has the name of a method of
 * every object (`toString`), so that such a field would be neither refused nor, inside `advanced_json`, kept.
 */
export function validateBody(value: unknown, dto: Type): object {
  if (value === undefined && isOptionalBody(dto)) return new dto() as object;
  if (!isJsonObject(value)) {
    throw new DomainError('malformed', 'body.not_an_object', 'Send a JSON object as the body.');
  }
  const rules = rulesOf(dto);
  const unknown = Object.keys(value).filter((field) => !rules.fields.has(field));
  const deep = deepErrors(rules.deep, value);
  if (unknown.length === 0 && deep.length === 0 && passesRules(rules.fields, value)) return value;
  const instance = Object.assign(Object.create(dto.prototype as object) as object, value);
  throw validationFailed([...unknown.map(unknownField), ...fieldErrors(validateSync(instance)), ...deep]);
}

/** What class-validator has registered for one field. */
interface FieldRules {
  readonly conditions: ((body: object, value: unknown) => boolean)[];
  readonly checks: { readonly constraints: unknown[]; readonly validator: ValidatorConstraintInterface }[];
}

interface Rules {
  readonly fields: ReadonlyMap<string, FieldRules>;
  readonly deep: readonly DeepRule[];
}

const RULES = new WeakMap<Type, Rules>();

function rulesOf(dto: Type): Rules {
  let rules = RULES.get(dto);
  if (!rules) {
    rules = { fields: gatherRules(dto), deep: deepRulesOf(dto) };
    RULES.set(dto, rules);
  }
  return rules;
}

function gatherRules(dto: Type): ReadonlyMap<string, FieldRules> {
  const storage = getMetadataStorage();
  const rules = new Map<string, FieldRules>();
  for (const rule of storage.getTargetValidationMetadatas(dto, '', false, false)) {
    const known = rules.get(rule.propertyName) ?? { conditions: [], checks: [] };
    rules.set(rule.propertyName, known);
    if (rule.type === ValidationTypes.CONDITIONAL_VALIDATION) {
      known.conditions.push(...(rule.constraints as FieldRules['conditions']));
    } else if (rule.type === ValidationTypes.CUSTOM_VALIDATION && !rule.each) {
      for (const { instance } of storage.getTargetValidatorConstraints(rule.constraintCls)) {
        known.checks.push({ constraints: rule.constraints, validator: instance });
      }
    } else {
      throw new Error(`${dto.name}.${rule.propertyName} has a rule of another kind than those of Field`);
    }
  }
  return rules;
}

/**
 * Whether class-validator would find nothing wrong. It gathers and groups its rules anew for each body and builds an
 * error for each field before it looks, some twenty times the work; so it is asked only for what is wrong.
 */
function passesRules(rules: Rules['fields'], body: JsonObject): boolean {
  for (const [property, { conditions, checks }] of rules) {
    const value = body[property];
    if (!conditions.every((applies) => applies(body, value))) continue;
    for (const { validator, constraints } of checks) {
      const context = { value, constraints, property, object: body, targetName: '' };
      if (!validator.validate(value, context)) return false;
    }
  }
  return true;
}

function validationFailed(errors: FieldError[]): DomainError {
  const first = errors[0];
  const detail = first ? `${first.pointer}: ${first.detail}` : 'The body is not valid.';
  return new DomainError('invalid', 'validation.failed', detail, { errors });
}

/** A caller may have pasted a secret where a field's name belongs: a name is told back only where it looks like one. */
const HARMLESS_NAME = /^(?:.{0,20}|[A-Za-z_]{1,64}|[a-z]{1,20}(?:_[a-z0-9]{1,20}){1,8})$/;

function unknownField(field: string): FieldError {
  if (HARMLESS_NAME.test(field)) {
    return { pointer: jsonPointer('', field), code: 'unknown_field', detail: 'There is no such field.' };
  }
  const detail = 'There is a field whose name is none of this body; it is not repeated here.';
  return { pointer: '', code: 'unknown_field', detail };
}

function fieldErrors(errors: readonly ValidationError[]): FieldError[] {
  return errors.flatMap(({ property, constraints = {} }) =>
    Object.entries(constraints).map(([code, detail]) => ({
      pointer: jsonPointer('', property),
      code,
      detail,
    })),
  );
}

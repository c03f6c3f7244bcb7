import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import type { FieldError, RuleViolation } from '../../common/domain-error';

/** `required`: must be sent. `optional`: may be left out, but null is invalid. `nullable`: null clears it. */
export type Presence = 'required' | 'optional' | 'nullable';

interface FieldOptions {
  readonly presence: Presence;
  /** The field in the OpenAPI document. */
  readonly schema: ApiPropertyOptions;
}

/** A request field: one declaration for its validation and its schema. `problem` is null for a valid value. */
export function Field({
  problem,
  ...options
}: FieldOptions & { readonly problem: (value: unknown) => RuleViolation | null }): PropertyDecorator {
  return declareField(options, (value, pointer) => {
    const violation = problem(value);
    return violation === null ? NO_ERRORS : [{ pointer, ...violation }];
  });
}

export type DeepCheck = (value: unknown, pointer: string) => readonly FieldError[];

/** A request field that reports errors inside its value, each with a pointer of its own. */
export function DeepField({
  check,
  ...options
}: FieldOptions & { readonly check: DeepCheck }): PropertyDecorator {
  return declareField(options, check);
}

export const NO_ERRORS: readonly FieldError[] = [];

/** A declared field of a DTO. */
export class FieldRule {
  private readonly pointer: string;
  /** Validation asks again for the errors of an invalid field, and finding those of a large object takes long. */
  private readonly errorsOfObject = new WeakMap<object, readonly FieldError[]>();

  constructor(
    readonly property: string,
    private readonly presence: Presence,
    private readonly check: DeepCheck,
  ) {
    this.pointer = `/${property}`;
  }

  errorsOf(value: unknown): readonly FieldError[] {
    if (value === undefined) {
      return this.presence === 'required' ? [{ pointer: this.pointer, ...MISSING }] : NO_ERRORS;
    }
    if (value === null && this.presence === 'nullable') return NO_ERRORS;
    if (typeof value !== 'object' || value === null) return this.check(value, this.pointer);
    const known = this.errorsOfObject.get(value);
    if (known) return known;
    const errors = this.check(value, this.pointer);
    if (errors.length > 0) this.errorsOfObject.set(value, errors);
    return errors;
  }
}

const MISSING: RuleViolation = { code: 'required', detail: 'Is required.' };

const RULES = Symbol('caret:field-rules');

/** The fields that a DTO declares or inherits. */
export function fieldRulesOf(dto: Type): readonly FieldRule[] {
  return rulesOf(dto.prototype as object);
}

function rulesOf(target: object): readonly FieldRule[] {
  return (Reflect.getMetadata(RULES, target) ?? []) as readonly FieldRule[];
}

function declareField({ presence, schema }: FieldOptions, check: DeepCheck): PropertyDecorator {
  const described = { ...schema, required: presence === 'required' } as ApiPropertyOptions;
  return (target, property) => {
    const rule = new FieldRule(String(property), presence, check);
    Reflect.defineMetadata(RULES, [...rulesOf(target), rule], target);
    applyDecorators(
      ApiProperty(presence === 'nullable' ? { ...described, nullable: true } : described),
      ValidateBy({
        name: 'field',
        validator: { validate: (value: unknown) => rule.errorsOf(value).length === 0 },
      }),
    )(target, property);
  };
}

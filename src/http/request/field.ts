import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
import type { FieldError } from '../../common/domain-error';

export type Presence = 'required' | 'optional' | 'nullable';

export interface FieldOptions {
  /** `required`: must come; `optional`: may be left out, null is refused; `nullable`: null clears it. */
  readonly presence: Presence;
  /** How the field looks in the OpenAPI document. */
  readonly schema: ApiPropertyOptions;
  /** Stable code of a violation. */
  readonly code: string;
  /** What is wrong with a value, and what would be right; null where nothing is. */
  readonly problem: (value: unknown) => string | null;
}

/** A request field: its validation and its place in the OpenAPI document, in one, so that they cannot drift. */
export function Field({ presence, schema, code, problem }: FieldOptions): PropertyDecorator {
  const check = (value: unknown): string | null => (value === undefined ? 'is required' : problem(value));
  return applyDecorators(
    described(presence, schema),
    ...whenPresent(presence),
    ValidateBy({
      name: code,
      validator: {
        validate: (value: unknown) => check(value) === null,
        defaultMessage: (details) => check(details?.value) ?? '',
      },
    }),
  );
}

export type DeepCheck = (value: unknown, pointer: string) => FieldError[];

const DEEP_CHECKS = Symbol('caret:deep-checks');

/** A request field whose violations lie inside it, each with a pointer of its own. */
export function DeepField(
  options: Omit<FieldOptions, 'problem' | 'code'> & { check: DeepCheck },
): PropertyDecorator {
  const { presence, schema, check } = options;
  return applyDecorators(
    described(presence, schema),
    ...whenPresent(presence),
    ValidateBy({ name: 'deep', validator: { validate: () => true } }),
    (target: object, property: string | symbol) => {
      const known = (Reflect.getMetadata(DEEP_CHECKS, target) ?? []) as DeepRule[];
      Reflect.defineMetadata(
        DEEP_CHECKS,
        [...known, { property: String(property), presence, check }],
        target,
      );
    },
  );
}

/** A deep field of a DTO. */
export interface DeepRule {
  readonly property: string;
  readonly presence: Presence;
  readonly check: DeepCheck;
}

export function deepRulesOf(dto: Type): readonly DeepRule[] {
  return (Reflect.getMetadata(DEEP_CHECKS, dto.prototype as object) ?? []) as DeepRule[];
}

/** The violations within the deep fields of a body. */
export function deepErrors(
  rules: readonly DeepRule[],
  body: Readonly<Record<string, unknown>>,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const { property, presence, check } of rules) {
    const value = body[property];
    const absent =
      (value === undefined && presence !== 'required') || (value === null && presence === 'nullable');
    if (!absent) errors.push(...check(value, `/${property}`));
  }
  return errors;
}

function described(presence: Presence, schema: ApiPropertyOptions): PropertyDecorator {
  const options = { ...schema, required: presence === 'required' } as ApiPropertyOptions;
  return ApiProperty(presence === 'nullable' ? { ...options, nullable: true } : options);
}

function whenPresent(presence: Presence): PropertyDecorator[] {
  if (presence === 'optional') return [ValidateIf((_object, value) => value !== undefined)];
  if (presence === 'nullable') return [ValidateIf((_object, value) => value !== undefined && value !== null)];
  return [];
}

import type { ApiPropertyOptions } from '@nestjs/swagger';
import type { FieldError, RuleViolation } from '../../common/domain-error';
import { MAX_NAME_LENGTH, nameProblem } from '../../common/text-rules';
import { wallClock } from '../../common/timestamp';
import { type NamedEnum, ofSchema } from '../schemas';
import { type DeepCheck, Field, type Presence } from './field';

const INT32_MAX = 2 ** 31 - 1;

/** The violation of a value of another JSON type. `expected` completes "Must be". */
export function wrongType(expected: string): RuleViolation {
  return { code: 'type', detail: `Must be ${expected}.` };
}

/** Checks a string with `problem`. Other types are violations. */
export function stringProblem(
  problem: (text: string) => RuleViolation | null,
): (value: unknown) => RuleViolation | null {
  return (value) => (typeof value === 'string' ? problem(value) : wrongType('a string'));
}

/** Checks a list of at most `maximum` strings. `problem` checks each one. */
export function stringListCheck(
  maximum: number,
  problem: (text: string) => RuleViolation | null = () => null,
): DeepCheck {
  const itemProblem = stringProblem(problem);
  return (value, pointer) => {
    if (!Array.isArray(value)) return [{ pointer, ...wrongType('a list of strings') }];
    if (value.length > maximum) {
      return [{ pointer, code: 'length', detail: `Must have at most ${maximum} items.` }];
    }
    const errors: FieldError[] = [];
    for (const [index, item] of value.entries()) {
      const violation = itemProblem(item);
      if (violation !== null) errors.push({ pointer: `${pointer}/${index}`, ...violation });
    }
    return errors;
  };
}

/** The display name of a provider or a token. */
export function NameField(presence: Presence, schema: ApiPropertyOptions): PropertyDecorator {
  return Field({
    presence,
    schema: { type: 'string', minLength: 1, maxLength: MAX_NAME_LENGTH, ...schema },
    problem: stringProblem(nameProblem),
  });
}

/** One of a closed set of words. */
export function EnumField(
  presence: Presence,
  named: NamedEnum,
  schema: ApiPropertyOptions = {},
): PropertyDecorator {
  const violation = { code: 'enum', detail: `Must be one of: ${named.values.join(', ')}.` };
  return Field({
    presence,
    schema: { ...ofSchema(named), ...schema },
    problem: stringProblem((text) => (named.values.includes(text) ? null : violation)),
  });
}

/** A whole number of 32 bits, or of a smaller range. */
export function IntegerField(
  presence: Presence,
  schema: ApiPropertyOptions,
  { minimum = -INT32_MAX - 1, maximum = INT32_MAX }: { minimum?: number; maximum?: number } = {},
): PropertyDecorator {
  const notInteger = wrongType(`a whole number from ${minimum} to ${maximum}`);
  const outOfRange = { ...notInteger, code: 'range' };
  return Field({
    presence,
    schema: { type: 'integer', format: 'int32', minimum, maximum, ...schema },
    problem: (value) => {
      if (!Number.isInteger(value)) return notInteger;
      return (value as number) >= minimum && (value as number) <= maximum ? null : outOfRange;
    },
  });
}

export function BooleanField(presence: Presence, schema: ApiPropertyOptions): PropertyDecorator {
  return Field({
    presence,
    schema: { type: 'boolean', ...schema },
    problem: (value) => (typeof value === 'boolean' ? null : wrongType('true or false')),
  });
}

/** A moment in the future (RFC 3339). */
export function FutureTimeField(presence: Presence, schema: ApiPropertyOptions): PropertyDecorator {
  return Field({
    presence,
    schema: { type: 'string', format: 'date-time', ...schema },
    problem: stringProblem(futureTimeProblem),
  });
}

/** RFC 3339 ends with the year 9999, also in UTC. */
const LATEST_TIME = Date.parse('9999-12-31T23:59:59.999Z');
const RFC3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

function futureTimeProblem(text: string): RuleViolation | null {
  const time = parseTime(text);
  if (Number.isNaN(time)) return { code: 'format', detail: 'Must be a time such as 2030-01-01T00:00:00Z.' };
  if (time > wallClock() && time <= LATEST_TIME) return null;
  return { code: 'range', detail: 'Must be in the future, before the year 10000.' };
}

/** Milliseconds since 1970. NaN for no RFC 3339 time, such as 30 February, which `Date` takes for March. */
export function parseTime(text: string): number {
  const day = RFC3339.exec(text)?.[1];
  const midnight = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(`${day}T`)) return NaN;
  return Date.parse(text);
}

import type { ApiPropertyOptions } from '@nestjs/swagger';
import { nameProblem } from '../../common/text-rules';
import { type NamedEnum, ofSchema } from '../schemas';
import { Field, type Presence } from './field';

const INT32_MAX = 2 ** 31 - 1;

/** A name that people read, of a provider or a token. */
export function NameField(presence: Presence, schema: ApiPropertyOptions): PropertyDecorator {
  return Field({
    presence,
    schema: { type: 'string', minLength: 1, maxLength: 200, ...schema },
    code: 'name',
    problem: (value) => (typeof value === 'string' ? nameProblem(value) : 'must be a string'),
  });
}

/** One of a closed set of words. */
export function EnumField(
  presence: Presence,
  named: NamedEnum,
  schema: ApiPropertyOptions = {},
): PropertyDecorator {
  return Field({
    presence,
    schema: { ...ofSchema(named), ...schema },
    code: 'enum',
    problem: (value) =>
      named.values.includes(value as string) ? null : `must be one of ${named.values.join(', ')}`,
  });
}

/** A whole number of 32 bits, or of a smaller range. */
export function IntegerField(
  presence: Presence,
  schema: ApiPropertyOptions,
  { minimum = -INT32_MAX - 1, maximum = INT32_MAX }: { minimum?: number; maximum?: number } = {},
): PropertyDecorator {
  return Field({
    presence,
    schema: { type: 'integer', format: 'int32', minimum, maximum, ...schema },
    code: 'integer',
    problem: (value) =>
      Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum
        ? null
        : `must be a whole number from ${minimum} to ${maximum}`,
  });
}

export function BooleanField(presence: Presence, schema: ApiPropertyOptions): PropertyDecorator {
  return Field({
    presence,
    schema: { type: 'boolean', ...schema },
    code: 'boolean',
    problem: (value) => (typeof value === 'boolean' ? null : 'must be true or false'),
  });
}

/** A moment in RFC 3339, in the future. */
export function FutureTimeField(presence: Presence, schema: ApiPropertyOptions): PropertyDecorator {
  return Field({
    presence,
    schema: { type: 'string', format: 'date-time', ...schema },
    code: 'time',
    problem: (value) => {
      const time = typeof value === 'string' ? parseTime(value) : NaN;
      return time > Date.now() && time <= LATEST_TIME
        ? null
        : 'must be a time in the future, as in 2030-01-01T00:00:00Z';
    },
  });
}

/** RFC 3339 ends with the year 9999, also in UTC. */
const LATEST_TIME = Date.parse('9999-12-31T23:59:59.999Z');
const RFC3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** In milliseconds; NaN for what is no time, such as the 30th of February, which `Date` would take for March. */
function parseTime(text: string): number {
  const day = RFC3339.exec(text)?.[1];
  const midnight = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(`${day}T`)) return NaN;
  return Date.parse(text);
}

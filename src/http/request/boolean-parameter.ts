import { DomainError } from '../../common/domain-error';

/** Parses a query parameter that is `true` or `false`. Returns null if it is absent. Throws 400 `query.NAME`. */
export function parseBooleanParameter(name: string, value: string | undefined): boolean | null {
  if (value === undefined) return null;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new DomainError('malformed', `query.${name}`, `${name} must be true or false.`);
}

import { DomainError, type FieldError } from '../common/domain-error';
import type { JsonObject } from '../common/json-object';
import { wallClock } from '../common/timestamp';
import { parseTime } from '../http/request/common-fields';
import { PRICE_ENDPOINTS, type PriceEndpoint } from '../pricing/price-kinds';
import type { RequestOptions } from '../pricing/request-facts';

const MAX_TIER_LENGTH = 64;

/**
 * Reads what the context says about prices. Null is the same as an absent field. Throws 422 for a value that no price can
 * depend on, because ignoring it would return a wrong cost.
 */
export function requestOptionsOf(context: JsonObject = {}): RequestOptions {
  const { service_tier: tier, endpoint, at } = context;
  const errors = [
    ...problem('service_tier', tier, isTier, `Must be a text of at most ${MAX_TIER_LENGTH} characters.`),
    ...problem('endpoint', endpoint, isEndpoint, `Must be one of: ${PRICE_ENDPOINTS.join(', ')}.`),
    ...problem('at', at, isTime, 'Must be a time such as 2030-01-01T00:00:00Z.'),
  ];
  const [first] = errors;
  if (first !== undefined) {
    throw new DomainError('invalid', 'validation.failed', `${first.pointer}: ${first.detail}`, { errors });
  }
  return {
    ...(tier == null ? {} : { serviceTier: tier as string }),
    ...(endpoint == null ? {} : { endpoint: endpoint as PriceEndpoint }),
    at: at == null ? wallClock() : parseTime(at as string),
  };
}

function problem(
  name: string,
  value: unknown,
  isValid: (text: string) => boolean,
  detail: string,
): FieldError[] {
  if (value == null || (typeof value === 'string' && isValid(value))) return [];
  return [{ pointer: `/context/${name}`, code: typeof value === 'string' ? 'format' : 'type', detail }];
}

const isTier = (text: string): boolean => text.length <= MAX_TIER_LENGTH;
const isEndpoint = (text: string): boolean => (PRICE_ENDPOINTS as readonly string[]).includes(text);
const isTime = (text: string): boolean => !Number.isNaN(parseTime(text));

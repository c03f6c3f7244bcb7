import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '../common/domain-error';
import { countHeader } from '../http/raw-headers';

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/**
 * Finds the token in a header with exactly one space (RFC 6750, section 2.1). passport-http-bearer accepts more spaces
 * and returns 400 for a header without a token.
 */
export function findBearerToken(header: string | undefined): string | null {
  return (header && /^Bearer ([\x21-\x7e]+)$/i.exec(header)?.[1]) || null;
}

/** The head of a request, as Node has it. */
export interface RequestHead {
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turns. `headers` merges repeated ones. */
  readonly rawHeaders: readonly string[];
}

/**
 * Finds the token of a request to the gateway. SDKs send it as a bearer token or in `x-api-key`, and some send both, one of
 * them for another service. Then the one of Caret's form counts, or else the bearer token. Throws `invalid_request` for
 * two different tokens of Caret's form, and for a repeated header.
 */
export function findGatewayToken(
  { headers, rawHeaders }: RequestHead,
  hasTokenForm: (text: string) => boolean,
): string | null {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (countHeader(rawHeaders, 'authorization') > 1) throw repeatedHeader('Authorization');
  if (typeof apiKey !== 'string') return findBearerToken(authorization);
  if (countHeader(rawHeaders, 'x-api-key') > 1) throw repeatedHeader('x-api-key');
  const bearer = findBearerToken(authorization);
  const key = VISIBLE_ASCII.test(apiKey) ? apiKey : null;
  if (bearer === null || key === null || bearer === key) return bearer ?? key;
  if (!hasTokenForm(key)) return bearer;
  if (hasTokenForm(bearer)) throw differentTokens();
  return key;
}

/** The rejection of a token in the query, the body or a second header. Logs would record such a token. */
export function tokenSourceRejection(): DomainError {
  const detail =
    'The token must be in exactly one place. Send it in one Authorization header and nowhere else.';
  return new DomainError('malformed', 'invalid_request', detail);
}

function repeatedHeader(name: string): DomainError {
  return new DomainError('malformed', 'invalid_request', `Send the header ${name} once.`);
}

function differentTokens(): DomainError {
  const detail =
    'Authorization and x-api-key have different tokens of Caret. Send one of them, or the same token in both.';
  return new DomainError('malformed', 'invalid_request', detail);
}

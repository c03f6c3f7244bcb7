import type { IncomingHttpHeaders } from 'node:http';
import { StrictError, type ErrorForm } from './strict-error';

/**
 * Throws unless the request has an accepted key, in the vendor's header: `Authorization` at OpenAI, `x-api-key` or
 * `Authorization` at Anthropic. The error quotes a part of the key, as OpenAI's does.
 */
export function authenticate(headers: IncomingHttpHeaders, form: ErrorForm, keys: readonly string[]): void {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const header = form === 'anthropic' ? headers['x-api-key'] : undefined;
  const key = typeof header === 'string' ? header : bearer;
  if (key === undefined) throw new StrictError(401, missingKey(form));
  if (keys.includes(key)) return;
  const quoted = `${key.slice(0, 8)}${'*'.repeat(12)}${key.slice(-4)}`;
  const message =
    form === 'anthropic'
      ? `invalid x-api-key: ${quoted}`
      : `Incorrect API key provided: ${quoted}. You can find your API key at https://platform.openai.com/account/api-keys.`;
  throw new StrictError(401, message, null, 'invalid_api_key');
}

function missingKey(form: ErrorForm): string {
  return form === 'anthropic'
    ? 'x-api-key header is required'
    : "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.";
}

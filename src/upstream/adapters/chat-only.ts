import { UpstreamError } from '../upstream-error';

/** Statuses of a server without the Responses API. */
const MISSING_ENDPOINT_STATUSES = new Set([404, 405, 501]);
/** Statuses that say something else: the key, the account's balance, a limit. Only a missing route overrides them. */
const OTHER_STATUSES = new Set([401, 402, 408, 429]);

/** A route does not exist, whatever the status. API Gateway of AWS sends the last one for an unknown route. */
const MISSING_ROUTE =
  /(unexpected|unknown|invalid|no such|unrecognized) (endpoint|url|route|path|api)|(endpoint|route|path|url) (was )?not (found|exist|available)|convert_request_failed|no route|missing authentication token/i;
/** Something is not supported. In a response to a probe request, which has only the model and a text, it is the endpoint. */
const NOT_SUPPORTED =
  /(not|isn't|is not) (yet )?(be )?(implemented|supported)|unimplemented|do(es)? not (yet )?support|doesn't support|don't support|unsupported|no support for/i;
/** The request is of another API: FastAPI names the missing member, OpenAI the one that it does not know. */
const OTHER_REQUEST =
  /unknown|unrecognized|unexpected|extra|not (be )?(found|allowed|permitted)|\bmessages\b|\binput\b.{0,20}(extra|unknown)/i;

/** Returns the upstream's own words, or else what Caret says about the error. */
export function wordsOf(error: UpstreamError): string {
  return error.words ?? error.detail;
}

/**
 * Returns whether an error of the Responses API means that the endpoint supports only chat completions: a missing
 * endpoint, words that say so with any status, a response of another kind with 200, or an error about the members of the
 * request.
 */
export function isChatOnly(error: unknown): boolean {
  if (!(error instanceof UpstreamError) || error.upstreamStatus === null) return false;
  const { upstreamStatus: status } = error;
  if (MISSING_ENDPOINT_STATUSES.has(status)) return true;
  if (error.code === 'llm_providers.upstream_invalid_response') return true;
  const words = wordsOf(error);
  if (OTHER_STATUSES.has(status)) return false;
  if (error.words !== null && (saysMissingRoute(words) || saysNotSupported(words))) return true;
  return (status === 400 || status === 422) && OTHER_REQUEST.test(words);
}

/** Whether the words of an error say that a route does not exist. */
export function saysMissingRoute(words: string): boolean {
  return MISSING_ROUTE.test(words);
}

/** Whether the words of an error say that something is not supported or not implemented. */
export function saysNotSupported(words: string): boolean {
  return NOT_SUPPORTED.test(words);
}

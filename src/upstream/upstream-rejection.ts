import type { IncomingHttpHeaders } from 'node:http';
import { findErrorWords } from './error-body';
import { parseResponseJson } from './parse-response-json';
import { redact, redactUrl } from './redact';
import { findRetryAfterSeconds } from './retry-after';
import { UpstreamError, type UpstreamFailure } from './upstream-error';

const MAX_QUOTE_LENGTH = 200;
/** Redaction reads more text than the quote shows, so that a secret at the cut is recognised as a whole. */
const MAX_REDACTED_LENGTH = 2000;

/** Words of a 403 that concern what the key may do, where it may be used, or a route that does not exist. */
const ABOUT_ACCESS =
  /missing authentication token|scopes?\b|permission|privilege|explicit deny|not (authori[sz]ed|allowed|permitted|entitled)|access denied|country|region|territory|ip address|firewall|blocked|route/i;
/** Words that reject the key itself. Gemini and xAI send them with 400. */
export const INVALID_KEY =
  /\b(api[ _-]?key|access token|auth(entication)? token)\b.{0,20}\b(not valid|invalid|incorrect|not found|expired|missing)|\b(invalid|incorrect|missing|expired)\b.{0,12}\b(api[ _-]?key|access token|credentials)\b/i;

/** A response with an error, and what to remove from its words. */
export interface RejectedCall {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly method: string;
  readonly url: URL;
  readonly secrets: readonly string[];
  /** What the caller may change when the credentials are rejected, or an empty text. */
  readonly credentialHint: string;
}

/** Translates a status of 400 or more. Quotes the upstream's words, redacted and shortened, if it sent JSON. */
export function upstreamRejected(call: RejectedCall): UpstreamError {
  const { status, headers, secrets } = call;
  const parsed = parseResponseJson(call.body);
  const isJson = 'json' in parsed;
  const words = isJson ? readWords(parsed.json, secrets) : null;
  const failure: UpstreamFailure = { status, words, retryAfterSeconds: findRetryAfterSeconds(headers) };
  const said = `(HTTP ${status})${quote(words)}`;
  if (status === 403 && isForbidden(call, isJson, words)) {
    const detail = `The upstream forbids the request ${said}${describeForbidden(call, isJson)}`;
    return new UpstreamError('invalid', 'llm_providers.upstream_forbidden', detail, failure);
  }
  if (status === 401 || status === 403 || (status < 429 && words !== null && INVALID_KEY.test(words))) {
    const detail = `The upstream rejected the credentials ${said}${call.credentialHint}`;
    return new UpstreamError('invalid', 'llm_providers.upstream_auth_failed', detail, failure);
  }
  if (status >= 500) {
    const detail = `The upstream failed ${said}`;
    return new UpstreamError('upstream_failed', 'llm_providers.upstream_error', detail, failure);
  }
  const detail = `The upstream rejected the request ${said}${describeMissing(call)}`;
  return new UpstreamError('invalid', 'llm_providers.upstream_request_failed', detail, failure);
}

/** Translates an error that came with a status below 400. */
export function upstreamReportedError(
  json: unknown,
  status: number,
  secrets: readonly string[],
): UpstreamError {
  const words = readWords(json, secrets);
  const detail = `The upstream sent an error with HTTP ${status}${quote(words)}`;
  return new UpstreamError('upstream_failed', 'llm_providers.upstream_error', detail, { status, words });
}

/** A page instead of JSON comes from a firewall or a proxy in front of the upstream, which did not see the key. */
function isForbidden({ headers, body }: RejectedCall, isJson: boolean, words: string | null): boolean {
  if (headers['cf-mitigated'] !== undefined) return true;
  if (!isJson) return body.toString('latin1').trim() !== '';
  return words !== null && ABOUT_ACCESS.test(words) && !INVALID_KEY.test(words);
}

function describeForbidden({ headers }: RejectedCall, isJson: boolean): string {
  if (headers['cf-mitigated'] !== undefined)
    return ' Cloudflare blocked it. Set a User-Agent in advanced_json.extra_headers, or allow the address of Caret.';
  if (!isJson)
    return ' It sent a page instead of JSON, as a firewall does. Check base_url, or set a User-Agent in advanced_json.extra_headers.';
  return ' Check base_url and what the key may do.';
}

/** Names the URL, because a wrong path is the most common cause of 404 and 405. */
function describeMissing({ status, method, url, secrets }: RejectedCall): string {
  if (status !== 404 && status !== 405) return '';
  const asked = redactUrl(url, secrets);
  const keys = method === 'GET' ? 'base_url and advanced_json.models_path' : 'base_url and the model';
  return ` Caret asked ${method} ${asked}; check ${keys}.`;
}

/** Returns the words of an error as one line, redacted and at most about 2000 characters long, or null. */
export function readWords(json: unknown, secrets: readonly string[]): string | null {
  const words = findErrorWords(json);
  if (words === null) return null;
  const readable = redact(words.slice(0, MAX_REDACTED_LENGTH), secrets)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return readable === '' ? null : readable;
}

/** Ends the sentence, with the words if there are any. */
function quote(words: string | null): string {
  if (words === null) return '.';
  return `: "${words.length > MAX_QUOTE_LENGTH ? `${words.slice(0, MAX_QUOTE_LENGTH)}…` : words}"`;
}

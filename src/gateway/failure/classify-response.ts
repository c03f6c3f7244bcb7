import { truncate } from '../../common/truncate';
import { type ReportedFailure } from '../stream/reported-failure';
import { readErrorFacts, type ErrorFacts } from './error-facts';
import { ErrorMeaning } from './error-meaning';
import { createFailure, type Failure, type FailureCode } from './failure';
import {
  DEFAULT_WAIT_MS,
  findRetryWait,
  findWaitInWords,
  isOrganisationWide,
  type ResponseHeaders,
} from './retry-wait';

const MAX_WORDS_LENGTH = 200;

/** For an error with a status below 400 that names no other. */
const DEFAULT_STATUS = 502;

export interface ResponseContext {
  /**
   * Whether the call was to `/responses` of a provider in mode `auto` that is not the vendor itself, so that it may have chat
   * completions only.
   */
  readonly isAutoResponses?: boolean;
}

/**
 * Classifies a response that is no success: any status of 400 or more, and a lower status whose body reports an error or is
 * no JSON. Reads at most 1 MiB of the body. `secrets` are removed from its words.
 */
export function classifyResponse(
  status: number,
  headers: ResponseHeaders,
  body: Buffer,
  secrets: readonly string[],
  context: ResponseContext = {},
): Failure {
  const facts = readErrorFacts(body, secrets);
  if (status < 400 && !facts.isError) {
    return createFailure('upstream_invalid_response', { status });
  }
  const said = status < 400 ? (facts.status ?? DEFAULT_STATUS) : status;
  const isPage = !facts.isJson && body.length > 0;
  return toFailure(said, facts, headers, { ...context, isBlocked: isBlocked(said, headers, isPage) });
}

/** Classifies an error that a response with status 200 or a stream reported. */
export function classifyStreamFailure(error: ReportedFailure, secrets: readonly string[]): Failure {
  const { status, code, type, message } = error;
  const body = Buffer.from(JSON.stringify({ error: { message, type, code } }));
  return classifyResponse(status, {}, body, secrets);
}

/** Whether a firewall or a proxy before the upstream rejected the call, so that the status says nothing of the key. */
function isBlocked(status: number, headers: ResponseHeaders, isPage: boolean): boolean {
  return headers['cf-mitigated'] !== undefined || ((status === 401 || status === 403) && isPage);
}

function toFailure(
  status: number,
  facts: ErrorFacts,
  headers: ResponseHeaders,
  context: ResponseContext & { readonly isBlocked: boolean },
): Failure {
  const words = facts.words ?? '';
  const waitMs = findRetryWait(headers) ?? findWaitInWords(words);
  const meaning = new ErrorMeaning(status, facts);
  const code = context.isBlocked ? 'upstream_error' : findCode(status, meaning, waitMs !== null, context);
  const isPrivate = status === 401 || status === 403;
  return createFailure(code, {
    status,
    words: facts.words === null || isPrivate ? null : truncate(words, MAX_WORDS_LENGTH),
    evidence: [words, facts.param ?? '', ...facts.codes].join(' '),
    retryAfterMs: waitMs ?? (code === 'rate_limit_exceeded' ? DEFAULT_WAIT_MS : null),
    isOrganisationWide: code === 'rate_limit_exceeded' && isOrganisationWide(headers),
  });
}

/** The order matters: what the words say is more exact than the status. */
function findCode(
  status: number,
  meaning: ErrorMeaning,
  hasWait: boolean,
  { isAutoResponses = false }: ResponseContext,
): FailureCode {
  if (meaning.isOutOfQuota(hasWait)) return 'upstream_quota';
  if (status === 429) return 'rate_limit_exceeded';
  if (meaning.isContextTooLong()) return 'context_length_exceeded';
  if (status !== 401 && meaning.isModelMissing()) return 'model_not_found';
  if (meaning.isRouteMissing() || (isAutoResponses && meaning.isResponsesMissing()))
    return 'endpoint_not_found';
  if (status === 401) return 'upstream_auth_failed';
  if (status === 403) return meaning.isContentRejected() ? 'content_rejected' : 'upstream_auth_failed';
  if (status === 503 || status === 529) return 'upstream_overloaded';
  if (status >= 500 || status === 408 || status === 425) return 'upstream_error';
  return meaning.isKeyInvalid() ? 'upstream_auth_failed' : 'invalid_request';
}

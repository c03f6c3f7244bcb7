import type { AttemptOutcome } from '../../usage/usage-record';
import type { ResponseHeaders } from '../call/caller-response';
import type { Attempt } from './attempt';
import { attemptLog } from './call-report';
import type { CallState } from './call-state';
import { structuredList } from './structured-list';

/** Headers of an upstream that callers get, if they have their usual form. All others stay behind. */
const PASSED: readonly (readonly [name: string, form: RegExp])[] = [
  ['openai-processing-ms', /^\d{1,9}$/],
  ['openai-version', /^\d{4}-\d\d-\d\d$/],
];
/** A type with other parameters may contain anything. */
const PASSED_TYPE = /^(?:application\/json|text\/event-stream)(?: ?; ?charset="?utf-8"?)?$/i;

const VISIBLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * Returns the headers of a response of the attempt.
 *
 * @param outcome null for a response that has not ended, whose cost is not known yet
 */
export function responseHeaders(
  state: CallState,
  attempt: Attempt,
  outcome: AttemptOutcome | null,
): ResponseHeaders {
  const { headers: upstream, target } = attempt;
  const headers: ResponseHeaders = { 'content-type': contentTypeOf(state, attempt) };
  for (const [name, form] of PASSED) {
    const value = upstream[name];
    if (typeof value === 'string' && form.test(value)) headers[name] = value;
  }
  const length = upstream['content-length'];
  if (outcome === null && !state.scope.requested.isStream && length !== undefined)
    headers['content-length'] = length;
  if (!state.scope.call.caller.caretHeaders) return headers;
  headers['x-caret-selector'] = toHeaderText(target.selector);
  if (attempt.upstreamRequestId !== null) headers['x-upstream-request-id'] = attempt.upstreamRequestId;
  if (outcome !== null) headers['x-caret-cost'] = outcome.cost ?? 'unknown';
  return addCallHeaders(headers, state);
}

/** Returns the headers that are known before any attempt has succeeded. */
export function earlyHeaders(state: CallState): ResponseHeaders {
  const headers: ResponseHeaders = { 'content-type': 'text/event-stream; charset=utf-8' };
  if (state.scope.call.caller.caretHeaders) headers['x-caret-revision'] = state.scope.resolution.revision;
  return headers;
}

/** Returns the headers of a response that Caret creates itself, such as an error. */
export function ownHeaders(state: CallState): ResponseHeaders {
  return state.scope.call.caller.caretHeaders ? addCallHeaders({}, state) : {};
}

/** Names may have any characters, and a header has bytes. UTF-8 is what clients send and expect. */
function toHeaderText(text: string): string {
  return VISIBLE_ASCII.test(text) ? text : Buffer.from(text).toString('latin1');
}

function addCallHeaders(headers: ResponseHeaders, state: CallState): ResponseHeaders {
  headers['x-caret-attempts'] = state.attempts;
  headers['x-caret-revision'] = state.scope.resolution.revision;
  if (state.warnings.length > 0) headers['x-caret-warnings'] = structuredList(state.warnings);
  if (state.scope.call.options.report) headers['x-caret-attempt-log'] = attemptLog(state);
  return headers;
}

function contentTypeOf({ scope }: CallState, { headers }: Attempt): string {
  const { isStream } = scope.requested;
  const type = headers['content-type'];
  if (type !== undefined && PASSED_TYPE.test(type) && type.startsWith('text/') === isStream) return type;
  return isStream ? 'text/event-stream; charset=utf-8' : 'application/json';
}

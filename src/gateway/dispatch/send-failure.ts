import { redact } from '../../upstream/redact';
import { sendError } from '../call/send-error';
import { GATEWAY_ERRORS, type GatewayError } from '../dialect/gateway-error';
import { describeAttempt } from '../failure/attempt-failures';
import { createCallersError } from '../failure/callers-error';
import type { Failure } from '../failure/failure';
import type { ReportedFailure } from '../stream/reported-failure';
import { type StreamError, streamErrorEvent, withFailureMessage } from '../stream/stream-error';
import type { Attempt } from './attempt';
import type { CallState } from './call-state';
import { ownHeaders } from './response-headers';
import { StreamDelivery } from './stream-delivery';

/** Ends the response with an error of Caret: a whole response, or the last event of a stream that has started. */
export function sendGatewayError(state: CallState, error: GatewayError, attempt: Attempt | null): void {
  const { response, endpoint, requestId } = state.scope.call;
  if (!response.hasStarted) return sendError(response, error, endpoint.dialect, requestId, ownHeaders(state));
  const { openaiType, anthropicType } = GATEWAY_ERRORS[error.code];
  endStarted(state, { message: error.message, openaiType, anthropicType, code: error.code }, attempt);
}

/** Ends the response with the upstream's rejection of the caller's own request. */
export function sendRejection(state: CallState, attempt: Attempt, failure: Failure): void {
  const { response, endpoint, requestId } = state.scope.call;
  const { target } = attempt;
  if (response.hasStarted) {
    const type = 'invalid_request_error';
    const message = failure.words ?? describeAttempt({ selector: target.selector, failure });
    return endStarted(state, { message, openaiType: type, anthropicType: type, code: failure.code }, attempt);
  }
  const { status, contentType, body } = createCallersError(
    failure,
    attempt.rejection,
    target.secrets,
    endpoint.dialect,
    requestId,
  );
  response.send(status, { ...ownHeaders(state), 'content-type': contentType }, body);
}

/**
 * Ends a response that broke after content.
 *
 * @param reported the upstream's own error event, or null
 */
export function sendBreak(
  state: CallState,
  attempt: Attempt,
  failure: Failure,
  reported: ReportedFailure | null,
): void {
  const { selector, secrets } = attempt.target;
  const message = failure.words ?? `${describeAttempt({ selector, failure })}.`;
  const { delivery } = attempt;
  const failedEvent = delivery instanceof StreamDelivery ? delivery.reception.failedEvent : null;
  const event = failedEvent && withFailureMessage(failedEvent, message);
  if (event !== null) return state.scope.call.response.end(Buffer.concat(event));
  const type = reported?.type ?? 'api_error';
  const code = reported === null ? failure.code : redact(reported.code, secrets);
  endStarted(state, { message, openaiType: type, anthropicType: type, code }, attempt);
}

/** Cuts off a response that is not a stream, so that the caller does not take it for a complete one. */
function endStarted({ scope, isCommitted }: CallState, error: StreamError, attempt: Attempt | null): void {
  const { call, requested } = scope;
  const { protocol } = call.endpoint;
  if (!requested.isStream || protocol === null) return call.response.abort();
  const { requestId } = call;
  const delivery = attempt?.delivery;
  const context =
    isCommitted && delivery instanceof StreamDelivery
      ? {
          requestId,
          hasSentEvents: true,
          responseId: delivery.responseId,
          model: delivery.reception.upstreamModel,
          sequenceNumber: delivery.reception.eventCount,
        }
      : { requestId, hasSentEvents: false };
  call.response.end(streamErrorEvent(protocol, error, context));
}

import { requestFields } from '../../observability/access-log';
import type { EndedRequest } from './gateway-services';

/** The status in the log of a caller who left, as in nginx. */
const CLIENT_CLOSED = 499;

/** The longest text in the log that a caller wrote. */
const MAX_LENGTH = 200;

/** Returns the status of a request for the log and the metrics. */
export function statusOf({ response }: EndedRequest): number {
  return response.left === 'client_closed' || !response.hasStarted ? CLIENT_CLOSED : response.status;
}

/** Returns the fields of a gateway request's log line as JSON without braces. Contains no prompt, response or header. */
export function accessFields(ended: EndedRequest, status: number, ms: number): string {
  const { request, route, requestId, clientRequestId, address, facts, response } = ended;
  let fields = requestFields(request, { route, status, ms, traceId: requestId, address });
  if (clientRequestId !== null) fields += `,"client_request_id":"${clientRequestId}"`;
  if (response.left !== null) fields += `,"left":"${response.left}"`;
  fields += text('selector', facts.selector) + text('target', facts.target);
  fields += number('attempts', facts.attempts) + number('upstream_status', facts.upstreamStatus);
  fields += text('error_code', facts.errorCode) + number('ms_first_content', facts.msFirstContent);
  fields += number('input_tokens', facts.inputTokens) + number('output_tokens', facts.outputTokens);
  if (facts.cost !== undefined) fields += `,"cost":${JSON.stringify(facts.cost)}`;
  fields += text('session', facts.session);
  if (facts.warnings?.length) fields += `,"warnings":${JSON.stringify(facts.warnings)}`;
  return fields;
}

function text(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value.slice(0, MAX_LENGTH))}`;
}

function number(name: string, value: number | null | undefined): string {
  return value === undefined || value === null ? '' : `,"${name}":${Math.round(value * 1000) / 1000}`;
}

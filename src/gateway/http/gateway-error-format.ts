import type { IncomingMessage } from 'node:http';
import { newId } from '../../common/ids';
import type { FormattedError } from '../../http/problem/error-format';
import type { ProblemBody } from '../../http/problem/problem';
import { errorHeaders } from '../call/send-error';
import { ENDPOINTS } from '../dialect/endpoint';
import { GatewayError, type GatewayErrorCode } from '../dialect/gateway-error';
import { findDialect } from '../dialect/gateway-path';

/** The codes of rejections before a route, by status. Other statuses are of malformed requests. */
const CODES = new Map<number, GatewayErrorCode>([
  [404, 'endpoint_not_supported'],
  [405, 'method_not_allowed'],
  [408, 'request_timeout'],
  [413, 'request_too_large'],
  [415, 'unsupported_media_type'],
  [500, 'internal_error'],
  [503, 'overloaded'],
]);

const SERVED = [...ENDPOINTS.map(({ path }) => `POST /v1/${path}`), 'GET /v1/models'].join(', ');

/** Returns a rejection by the HTTP server in the form of the dialect, for a path of the gateway. */
export function formatGatewayError(request: IncomingMessage, problem: ProblemBody): FormattedError | null {
  const { url = '', headers } = request;
  const isServed = problem.code !== 'route.not_found';
  const dialect = findDialect(url, headers, isServed);
  if (dialect === null) return null;
  const error = toError(problem, request);
  const requestId = newId();
  return {
    status: error.statusFor(dialect),
    requestId,
    headers: {
      'content-type': 'application/json',
      'x-request-id': requestId,
      'request-id': requestId,
      ...(errorHeaders(error) as Record<string, string>),
    },
    body: JSON.stringify(error.bodyFor(dialect, requestId)),
  };
}

function toError({ status, detail }: ProblemBody, { headers }: IncomingMessage): GatewayError {
  if (status === 405 && headers.upgrade !== undefined)
    return new GatewayError('upgrade_not_supported', 'This route does not upgrade. Send POST over HTTP.');
  const code = CODES.get(status) ?? 'invalid_header';
  if (code !== 'endpoint_not_supported') return new GatewayError(code, detail);
  const text = `Caret does not serve this route. It serves ${SERVED}.`;
  return new GatewayError(code, text, { shouldRetry: false });
}

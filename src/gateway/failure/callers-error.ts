import { isJsonObject, type JsonObject } from '../../common/json-object';
import { parseResponseJson } from '../../upstream/parse-response-json';
import { type Dialect } from '../dialect/endpoint';
import { type Failure } from './failure';
import { redactJson } from './redact-json';

/** A longer body is replaced by its words. A server may quote the whole request in its error. */
const MAX_BODY_BYTES = 65_536;
const MAX_NODES = 10_000;

const ANTHROPIC_TYPES = new Map([
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
]);

/** A response for the caller. */
export interface CallersError {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * Returns the upstream's rejection of the caller's own request: its status and its error with type, code and param. Removes
 * the secrets, also behind `\u` escapes. An error of another form, or without JSON, gets the form of the dialect. A body
 * with 401 or 403 is never repeated.
 *
 * @param failure what {@link classifyResponse} returned, of a kind that is the caller's
 */
export function createCallersError(
  failure: Failure,
  body: Buffer,
  secrets: readonly string[],
  dialect: Dialect,
  requestId: string,
): CallersError {
  const status = failure.status ?? 400;
  const isPrivate = status === 401 || status === 403;
  const json = isPrivate ? undefined : readRedacted(body, secrets);
  const error = findError(json);
  const shown =
    dialect === 'anthropic'
      ? anthropicError(error, failure, status, requestId)
      : openaiError(error, failure, status);
  return { status, contentType: 'application/json', body: Buffer.from(JSON.stringify(shown)) };
}

function readRedacted(body: Buffer, secrets: readonly string[]): unknown {
  if (body.length > MAX_BODY_BYTES) return undefined;
  const parsed = parseResponseJson(body, MAX_NODES);
  return 'json' in parsed ? redactJson(parsed.json, secrets) : undefined;
}

/** Finds the object with the message, which Gemini sends in a list and vLLM at the top. */
function findError(json: unknown): JsonObject {
  const root: unknown = Array.isArray(json) ? json[0] : json;
  if (!isJsonObject(root)) return {};
  return isJsonObject(root.error) ? root.error : root;
}

function openaiError(error: JsonObject, failure: Failure, status: number): JsonObject {
  const { message, type, param, code, ...others } = error;
  return {
    error: {
      message: readMessage(message, failure, status),
      type: typeof type === 'string' ? type : 'invalid_request_error',
      param: typeof param === 'string' ? param : null,
      // A code that is no text breaks the clients that read it.
      code: typeof code === 'string' || typeof code === 'number' ? String(code) : failure.code,
      ...(typeof message === 'string' ? others : {}),
    },
  };
}

function anthropicError(error: JsonObject, failure: Failure, status: number, requestId: string): JsonObject {
  const { message, type, ...others } = error;
  const isError = typeof message === 'string' && typeof type === 'string';
  return {
    type: 'error',
    error: {
      type:
        isError && type.endsWith('_error') ? type : (ANTHROPIC_TYPES.get(status) ?? 'invalid_request_error'),
      message: readMessage(message, failure, status),
      ...(isError ? others : {}),
    },
    request_id: requestId,
  };
}

function readMessage(message: unknown, failure: Failure, status: number): string {
  if (typeof message === 'string' && message !== '') return message;
  if (failure.code === 'content_rejected')
    return `The upstream rejected the content of the request (HTTP ${status}).`;
  return failure.words ?? `The upstream rejected the request (HTTP ${status}).`;
}

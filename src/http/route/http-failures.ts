import { failure, type FailureDescription, retryableFailure } from './failure-description';

/** Failures of the HTTP server, whatever the route does. */
export const HTTP_FAILURES = {
  MalformedBody: failure(
    400,
    [
      'body.malformed_json',
      'body.not_an_object',
      'body.duplicate_key',
      'body.forbidden_key',
      'body.invalid_utf8',
      'body.byte_order_mark',
      'body.lone_surrogate',
      'body.number_out_of_range',
      'body.too_deep',
      'body.too_many_nodes',
      'request.number_precision',
    ],
    'The body is not one JSON object in UTF-8, or JSON parsers could read it differently.',
    'The body is not valid JSON (character 17). Correct the JSON there.',
  ),
  NotAcceptable: failure(
    406,
    ['request.not_acceptable'],
    '`Accept` does not allow JSON.',
    'Responses are application/json. Send an Accept header that allows it.',
  ),
  RequestTimeout: failure(
    408,
    ['request.timeout'],
    'The request took too long to arrive.',
    'The request took too long to arrive. Send it again.',
  ),
  BodyTooLarge: failure(
    413,
    ['body.too_large'],
    'The body is larger than 256 KiB.',
    'The body is too large. Send at most 262144 bytes (256 KiB).',
  ),
  UnsupportedMediaType: failure(
    415,
    ['body.unsupported_media_type'],
    'The body is not `application/json` in UTF-8, or it is compressed.',
    'Send application/json in UTF-8, not compressed.',
  ),
  HostNotAllowed: failure(
    421,
    ['request.host_not_allowed'],
    'Caret listens on a loopback address, and `Host` is neither one nor in ALLOWED_HOSTS.',
    'This route does not serve this Host. Send a loopback address, or ask the operator to add the host to ALLOWED_HOSTS.',
  ),
  HeadersTooLarge: failure(
    431,
    ['request.headers_too_large'],
    'The header fields are larger than 16 KiB.',
    'The header fields are too large. Send at most 16 KiB.',
  ),
  TooManyBodies: retryableFailure(
    503,
    ['body.too_many_in_flight'],
    'Too many request bodies are arriving. Retry after the seconds in `Retry-After`.',
    'Too many request bodies are arriving. Retry after the seconds in Retry-After.',
  ),
} satisfies Record<string, FailureDescription>;

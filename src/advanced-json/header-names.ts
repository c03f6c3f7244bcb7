/** RFC 9110 §7.6.1, RFC 2616 §13.5.1 and RFC 7540 §3.2.1. */
export const HOP_BY_HOP_HEADERS: readonly string[] = [
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Headers that carry the API key of the supported protocols. The key is sealed and bound to its origin. */
export const CREDENTIAL_HEADERS: readonly string[] = [
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
];

/** Headers that describe the bytes on the wire. */
export const FRAMING_HEADERS: readonly string[] = [
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'accept-encoding',
  'expect',
];

/** RFC 9110 §5.1 and §5.6.2. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

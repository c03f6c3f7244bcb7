import { invalidField } from '../common/domain-error';
import { parseUrl } from '../common/parse-url';

export type ProviderKind = 'openai' | 'anthropic';
/** The path below the version segment. */
export type EndpointPath =
  | '/models'
  | '/chat/completions'
  | '/responses'
  | '/responses/compact'
  | '/messages'
  | '/messages/count_tokens'
  | '/embeddings';

const DEFAULT_BASE_URL: Readonly<Record<ProviderKind, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
};

/** The origins of the vendors themselves. */
export const VENDOR_ORIGINS: readonly string[] = Object.values(DEFAULT_BASE_URL).map(
  (url) => new URL(url).origin,
);

const MAX_LENGTH = 2048;
const TOO_LONG = `Must have at most ${MAX_LENGTH} characters.`;
/** RFC 1035 section 2.3.4, without the trailing dot. */
const MAX_HOST_LENGTH = 253;
/** RFC 1123 labels, and underscores, which container and cluster names use. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** RFC 3986 section 2.3. */
const UNRESERVED = /[A-Za-z0-9._~-]/;

/**
 * Returns the canonical spelling of a base URL: parsed by WHATWG URL, without trailing slashes and without the host's
 * trailing dot. Rejects everything that the parser would repair silently (tabs, backslashes, missing slashes,
 * userinfo), because another parser could read another host. Throws `validation.failed` for `/base_url`. The egress
 * policy decides whether the address may be called.
 */
export function normaliseBaseUrl(raw: string): string {
  if (raw.length > MAX_LENGTH) throw invalidBaseUrl('length', TOO_LONG);
  if (/[\p{C}\p{Z}\\]/u.test(raw)) {
    throw invalidBaseUrl('pattern', 'Must not contain white space, control characters or backslashes.');
  }
  const authority = /^https?:\/\/([^/?#]+)/i.exec(raw)?.[1];
  if (authority === undefined)
    throw invalidBaseUrl('format', 'Must be a URL that starts with http:// or https://.');
  if (authority.includes('@'))
    throw invalidBaseUrl('userinfo', 'Must not contain a user name or password; use api_key.');
  if (raw.includes('?'))
    throw invalidBaseUrl('query', 'Must not contain a query; use advanced_json.extra_query.');
  if (raw.includes('#')) throw invalidBaseUrl('fragment', 'Must not contain a fragment.');
  const url = parseUrl(raw);
  if (url === null) throw invalidBaseUrl('format', 'Must be a valid URL.');

  if (url.port === '0') throw invalidBaseUrl('invalid_port', 'Must have a port from 1 to 65535.');
  const host = url.hostname.replace(/\.$/, '');
  if (!isHost(host)) throw invalidBaseUrl('invalid_host', 'Must have a valid host name.');
  url.hostname = host;
  url.pathname = url.pathname.replace(/\/+$/, '');
  const normalised = url.href.replace(/\/$/, '');
  if (normalised.length > MAX_LENGTH) throw invalidBaseUrl('length', TOO_LONG);
  return normalised;
}

/**
 * Returns the URL of a call, with exactly one version segment. For `openai`, an empty path becomes `/v1` and any other
 * path is complete. For `anthropic`, `/v1` is added unless the path ends with it. A complete base URL gets no version
 * segment. Throws like {@link normaliseBaseUrl}, because a stored URL may have been edited manually.
 */
export function buildEndpointUrl(
  kind: ProviderKind,
  baseUrl: string | null,
  path: EndpointPath,
  isComplete = false,
): URL {
  const url = parseBaseUrl(kind, baseUrl);
  const base = url.pathname.replace(/\/$/, '');
  if (isComplete && baseUrl !== null) url.pathname = base + path;
  else if (kind === 'openai') url.pathname = `${base || '/v1'}${path}`;
  else url.pathname = `${base.replace(/\/v1$/, '')}/v1${path}`;
  return url;
}

/**
 * Returns the base URL as the vendor's SDK expects it: with the version segment for `openai`, without it for
 * `anthropic`. A complete base URL stays as it is. Throws like {@link normaliseBaseUrl}.
 */
export function effectiveBaseUrl(kind: ProviderKind, baseUrl: string | null, isComplete = false): string {
  const url = buildEndpointUrl(kind, baseUrl, '/models', isComplete).href;
  const addsVersion = kind === 'anthropic' && !(isComplete && baseUrl !== null);
  return url.slice(0, -(addsVersion ? '/v1/models' : '/models').length);
}

/**
 * Returns a text that two base URLs share only if calls to them have the same URL. Normalises percent-encodings as in
 * RFC 3986 section 6.2.2: unreserved characters decoded, hexadecimal digits in upper case. Throws like
 * {@link normaliseBaseUrl}.
 */
export function comparableBaseUrl(kind: ProviderKind, baseUrl: string | null): string {
  return effectiveBaseUrl(kind, baseUrl).replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(parseInt(encoded.slice(1), 16));
    return UNRESERVED.test(character) ? character : encoded.toUpperCase();
  });
}

/** Returns the origin (scheme, host and port) that receives a provider's key. */
export function originOf(kind: ProviderKind, baseUrl: string | null): string {
  return parseBaseUrl(kind, baseUrl).origin;
}

/** Returns the normalised URL of the endpoint. */
export function parseBaseUrl(kind: ProviderKind, baseUrl: string | null): URL {
  return new URL(baseUrl === null ? DEFAULT_BASE_URL[kind] : normaliseBaseUrl(baseUrl));
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return true;
  return host.length <= MAX_HOST_LENGTH && host.split('.').every((label) => LABEL.test(label));
}

export function invalidBaseUrl(code: string, detail: string) {
  return invalidField('/base_url', code, detail);
}

import { invalidField } from '../common/domain-error';
import { parseUrl } from '../common/parse-url';

export type ProviderKind = 'openai' | 'anthropic';
/** What is called below the version segment. */
export type EndpointPath = '/models' | '/chat/completions' | '/responses' | '/messages';

const DEFAULT_BASE_URL: Readonly<Record<ProviderKind, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
};

const MAX_LENGTH = 2048;
/** RFC 1035 section 2.3.4, without the dot of the root. */
const MAX_HOST_LENGTH = 253;
/** RFC 1123 labels, and the underscore that container and cluster names have. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * The one spelling of a base URL that is stored and compared: parsed by WHATWG URL, without trailing slashes
 * and the host's trailing dot. Whatever that parser would repair in silence (tabs, backslashes, missing
 * slashes, userinfo) is refused on the raw text, so that no other reader can see another host in it.
 * Throws `validation.failed` for `/base_url`. Where the address may be called is the egress policy's matter.
 */
export function normaliseBaseUrl(raw: string): string {
  if (raw.length > MAX_LENGTH) throw invalidBaseUrl('too_long', `must be at most ${MAX_LENGTH} characters`);
  if (/[\p{C}\p{Z}\\]/u.test(raw)) {
    throw invalidBaseUrl('invalid_characters', 'must hold no white space, control characters or backslashes');
  }
  const authority = /^https?:\/\/([^/?#]+)/i.exec(raw)?.[1];
  if (authority === undefined)
    throw invalidBaseUrl('invalid_url', 'must be a URL that starts with http:// or https://');
  if (authority.includes('@')) throw invalidBaseUrl('userinfo', 'must hold no user name or password');
  if (raw.includes('?')) throw invalidBaseUrl('query', 'must have no query; use advanced_json.extra_query');
  if (raw.includes('#')) throw invalidBaseUrl('fragment', 'must have no fragment');
  const url = parseUrl(raw);
  if (url === null) throw invalidBaseUrl('invalid_url', 'must be a valid URL');

  if (url.port === '0') throw invalidBaseUrl('invalid_port', 'must have a port from 1 to 65535');
  const host = url.hostname.replace(/\.$/, '');
  if (!isHost(host)) throw invalidBaseUrl('invalid_host', 'must have a valid host name');
  url.hostname = host;
  url.pathname = url.pathname.replace(/\/+$/, '');
  const normalised = url.href.replace(/\/$/, '');
  if (normalised.length > MAX_LENGTH)
    throw invalidBaseUrl('too_long', `must be at most ${MAX_LENGTH} characters`);
  return normalised;
}

/**
 * Where a call goes. One version segment, however the base URL was given: for `openai` an empty path means
 * `/v1` and any other path is complete; for `anthropic` a trailing `/v1` is dropped and `/v1` added.
 * Throws like {@link normaliseBaseUrl}: a row may have been written by hand.
 */
export function endpointUrl(kind: ProviderKind, baseUrl: string | null, path: EndpointPath): URL {
  const url = baseUrlOf(kind, baseUrl);
  const base = url.pathname.replace(/\/$/, '');
  url.pathname = kind === 'openai' ? `${base || '/v1'}${path}` : `${base.replace(/\/v1$/, '')}/v1${path}`;
  return url;
}

/**
 * What calls are made below, as a client of the vendor's SDK would set it: the version segment is part of it for
 * `openai` and not for `anthropic`. Throws like {@link normaliseBaseUrl}.
 */
export function effectiveBaseUrl(kind: ProviderKind, baseUrl: string | null): string {
  const path = kind === 'openai' ? '/models' : '/v1/models';
  return endpointUrl(kind, baseUrl, '/models').href.slice(0, -path.length);
}

/** Scheme, host and port that a provider's key is sent to. */
export function originOf(kind: ProviderKind, baseUrl: string | null): string {
  return baseUrlOf(kind, baseUrl).origin;
}

function baseUrlOf(kind: ProviderKind, baseUrl: string | null): URL {
  return new URL(baseUrl === null ? DEFAULT_BASE_URL[kind] : normaliseBaseUrl(baseUrl));
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return true;
  return host.length <= MAX_HOST_LENGTH && host.split('.').every((label) => LABEL.test(label));
}

function invalidBaseUrl(code: string, detail: string) {
  return invalidField('/base_url', code, `base_url ${detail}.`);
}

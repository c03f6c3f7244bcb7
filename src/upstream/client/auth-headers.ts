import type { IncomingHttpHeaders } from 'node:http';
import type { AuthScheme } from '../../advanced-json/provider-settings';
import { parseBaseUrl } from '../base-url';
import { authSchemeOf } from '../call-settings';
import { isAzureHost } from '../known-hosts';
import type { UpstreamTarget } from '../upstream-target';

const HEADERS: Record<AuthScheme, (apiKey: string) => Record<string, string>> = {
  bearer: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  'x-api-key': (apiKey) => ({ 'x-api-key': apiKey }),
  'api-key': (apiKey) => ({ 'api-key': apiKey }),
  basic: (apiKey) => ({ authorization: `Basic ${Buffer.from(apiKey).toString('base64')}` }),
  none: () => ({}),
};

/** Returns the headers that send the key. */
export function buildAuthHeaders(target: UpstreamTarget): Record<string, string> {
  return HEADERS[authSchemeOf(target)](target.apiKey);
}

/** Returns the `auth_scheme` to try when the upstream rejects the key, as the end of a message, or an empty text. */
export function suggestAuthScheme(target: UpstreamTarget, headers: IncomingHttpHeaders): string {
  const scheme = authSchemeOf(target);
  const challenge = String(headers['www-authenticate'] ?? '');
  const base = parseBaseUrl(target.kind, target.baseUrl);
  const suggested: AuthScheme | null = isAzureHost(base)
    ? 'api-key'
    : /^basic\b/i.test(challenge)
      ? 'basic'
      : /^bearer\b/i.test(challenge)
        ? 'bearer'
        : null;
  if (suggested === null || suggested === scheme) return '';
  const key = suggested === 'basic' ? ', with user:password as the key' : '';
  return ` Caret sent the key as ${scheme}; this upstream takes advanced_json.auth_scheme "${suggested}"${key}.`;
}

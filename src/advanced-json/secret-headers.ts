import { isCredentialName } from './credential-names';

/** Headers whose values are public or harmless. The value of every other header is a secret. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set([
  'accept-language',
  'anthropic-beta',
  'http-referer',
  'openai-beta',
  'openai-organization',
  'openai-project',
  'referer',
  'user-agent',
  'x-title',
]);
const HARMLESS_PREFIX = 'x-client-';

/** Returns whether a header of `extra_headers` is stored sealed and shown as `"***"`. */
export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase();
  if (HARMLESS_HEADERS.has(lower)) return false;
  return !lower.startsWith(HARMLESS_PREFIX) || isCredentialName(name);
}

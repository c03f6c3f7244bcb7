import type { RuleViolation } from '../common/domain-error';

/** How a provider's key is sent. With `basic`, the key is `user:password`. */
export const AUTH_SCHEMES = ['bearer', 'x-api-key', 'api-key', 'basic', 'none'] as const;

export type AuthScheme = (typeof AUTH_SCHEMES)[number];

/** Settings that decide where and how the provider's key is sent, so a model cannot override them. */
export const PROVIDER_SETTINGS = ['auth_scheme', 'complete_base_url', 'models_path'] as const;

/** A path that the URL parser keeps as it is: no empty or dot segment, no query and no fragment. */
const MODELS_PATH = /^(?:\/(?!\.{1,2}(?:\/|$)|%2e)[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+\/?$/i;
const MAX_PATH_LENGTH = 1024;

export function isAuthScheme(value: unknown): value is AuthScheme {
  return (AUTH_SCHEMES as readonly unknown[]).includes(value);
}

/** Returns why a text cannot be `models_path`, or null. */
export function modelsPathProblem(value: unknown): RuleViolation | null {
  if (typeof value === 'string' && value.length <= MAX_PATH_LENGTH && MODELS_PATH.test(value)) return null;
  const detail =
    'Must be an absolute path such as "/catalog/models", at the host of base_url, without a query.';
  return { code: 'pattern', detail };
}

/** Keeps the provider's own settings, whatever a model's configuration has. */
export function selectProviderSettings(
  advancedJson: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(PROVIDER_SETTINGS.map((key) => [key, advancedJson[key]]));
}

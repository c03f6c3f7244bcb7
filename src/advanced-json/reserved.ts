import type { RuleViolation } from '../common/domain-error';
import { GATEWAY_SETTINGS } from './gateway-settings';
import { CREDENTIAL_HEADERS, FRAMING_HEADERS, HEADER_NAME, HOP_BY_HOP_HEADERS } from './header-names';
import { PROVIDER_SETTINGS } from './provider-settings';

/** Keys of `advanced_json` that configure the call instead of being sent as request parameters. */
export const SETTINGS = [
  'extra_headers',
  'extra_query',
  'anthropic_version',
  'timeout_ms',
  ...PROVIDER_SETTINGS,
  ...GATEWAY_SETTINGS,
] as const;

export type Setting = (typeof SETTINGS)[number];

/** Parameters that every request sets itself, so a default could only break or hijack it. */
export const REQUEST_PARAMETERS = ['model', 'messages', 'input', 'stream'] as const;

/** RFC 9110 §5.5, without the obsolete bytes beyond ASCII. */
const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;

export function isSetting(key: string): key is Setting {
  return (SETTINGS as readonly string[]).includes(key);
}

export function isRequestParameter(key: string): boolean {
  return (REQUEST_PARAMETERS as readonly string[]).includes(key);
}

/** Returns why `extra_headers` must not set the header, or null. */
export function headerNameProblem(name: string): RuleViolation | null {
  const lower = name.toLowerCase();
  if (!HEADER_NAME.test(name)) {
    const detail = 'Must be a valid header name: letters, digits and hyphens (RFC 9110).';
    return { code: 'pattern', detail };
  }
  const reason = reservationOf(lower);
  return reason === null ? null : { code: 'reserved', detail: reason };
}

function reservationOf(name: string): string | null {
  if (CREDENTIAL_HEADERS.includes(name)) return 'Must not be set here. Send the credential in `api_key`.';
  if (HOP_BY_HOP_HEADERS.includes(name))
    return 'Must not be set, because it is a hop-by-hop header. Remove it.';
  if (FRAMING_HEADERS.includes(name)) return 'Must not be set, because the HTTP client sets it. Remove it.';
  return null;
}

/** Returns why a value cannot be sent in a header, or null. */
export function headerValueProblem(value: unknown): RuleViolation | null {
  if (typeof value === 'string' && HEADER_VALUE.test(value)) return null;
  const detail = 'Must be a string of visible ASCII characters, without leading or trailing spaces.';
  return { code: typeof value === 'string' ? 'pattern' : 'type', detail };
}

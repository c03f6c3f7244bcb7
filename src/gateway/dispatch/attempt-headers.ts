import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { keepBetaFlags, type Repair } from '../failure/repairs';
import type { GatewayTarget } from '../target/gateway-target';
import type { CallState } from './call-state';
import { addForwardedHeaders } from './forwarded-headers';

const ANTHROPIC_VERSION = '2023-06-01';
const NO_FLAGS: readonly string[] = [];

export interface AttemptHeaders {
  /** Alternating names and values. */
  readonly headers: readonly string[];
  /** `anthropic-version`, or null for OpenAI's protocols. */
  readonly version: string | null;
  /** The flags of `anthropic-beta`. */
  readonly betaFlags: readonly string[];
}

/** Creates the headers of an attempt: the target's, the caller's that may go upstream, and those of the protocol. */
export function createHeaders(
  { scope, attempts }: CallState,
  target: GatewayTarget,
  repairs: readonly Repair[],
): AttemptHeaders {
  const { call, requested } = scope;
  const { headers: callers, endpoint, caller } = call;
  const headers = [...target.headers, 'content-type', 'application/json'];
  if (!target.headerNames.has('accept'))
    headers.push('accept', requested.isStream ? 'text/event-stream' : 'application/json');
  addForwardedHeaders(headers, callers, target);
  const key = callers['idempotency-key'];
  if (typeof key === 'string')
    headers.push('idempotency-key', hash('sha256', `${caller.tokenId}:${key}:${attempts}`));
  if (endpoint.dialect !== 'anthropic') return { headers, version: null, betaFlags: NO_FLAGS };
  const version = target.anthropicVersion ?? textOf(callers, 'anthropic-version') ?? ANTHROPIC_VERSION;
  headers.push('anthropic-version', version);
  const betaFlags = keepBetaFlags(splitFlags(textOf(callers, 'anthropic-beta')), repairs);
  if (betaFlags.length > 0 && !target.headerNames.has('anthropic-beta'))
    headers.push('anthropic-beta', betaFlags.join(','));
  return { headers, version, betaFlags };
}

function textOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function splitFlags(text: string | null): readonly string[] {
  if (text === null) return NO_FLAGS;
  return text
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '');
}

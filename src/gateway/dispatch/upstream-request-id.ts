import type { IncomingHttpHeaders } from 'node:http';
import { SecretFilter } from '../../upstream/secret-filter';
import type { GatewayTarget } from '../target/gateway-target';

/** OpenAI, Anthropic, Azure and Amazon. */
const NAMES = ['x-request-id', 'request-id', 'apim-request-id', 'x-amzn-requestid'];
const MAX_LENGTH = 128;

const FILTERS = new WeakMap<GatewayTarget, SecretFilter>();

/** Returns the upstream's own id of a call, without secrets. Null if it sent none. */
export function findRequestId(headers: IncomingHttpHeaders, target: GatewayTarget): string | null {
  for (const name of NAMES) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return filterOf(target).redact(value.slice(0, MAX_LENGTH));
  }
  return null;
}

function filterOf(target: GatewayTarget): SecretFilter {
  let filter = FILTERS.get(target);
  if (filter === undefined) FILTERS.set(target, (filter = new SecretFilter(target.secrets)));
  return filter;
}

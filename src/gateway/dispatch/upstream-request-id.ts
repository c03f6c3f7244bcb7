import type { IncomingHttpHeaders } from 'node:http';
import { redact } from '../../upstream/redact';
import type { GatewayTarget } from '../target/gateway-target';

/** OpenAI, Anthropic, Azure and Amazon. */
const NAMES = ['x-request-id', 'request-id', 'apim-request-id', 'x-amzn-requestid'];
const MAX_LENGTH = 128;

/** Returns the upstream's own id of a call, without secrets. Null if it sent none. */
export function findRequestId(headers: IncomingHttpHeaders, { secrets }: GatewayTarget): string | null {
  for (const name of NAMES) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return redact(value.slice(0, MAX_LENGTH), secrets);
  }
  return null;
}

import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayTarget } from '../target/gateway-target';

/** Headers of a caller that every upstream gets. Those that a call sets itself are not here. */
const FORWARDED: ReadonlySet<string> = new Set([
  'openai-beta',
  'x-client-request-id',
  'session-id',
  'thread-id',
  'originator',
  'x-claude-code-session-id',
]);
const FORWARDED_PREFIX = 'x-codex-';

/** Adds the caller's headers that may go to the target, as alternating names and values. */
export function addForwardedHeaders(
  headers: string[],
  callers: IncomingHttpHeaders,
  { forwardHeaders, headerNames }: GatewayTarget,
): void {
  for (const name in callers) {
    if (!FORWARDED.has(name) && !name.startsWith(FORWARDED_PREFIX) && !isNamed(forwardHeaders, name))
      continue;
    const value = callers[name];
    if (typeof value === 'string' && !headerNames.has(name)) headers.push(name, value);
  }
}

/** @param names exact names, and prefixes that end with `*` */
function isNamed(names: readonly string[], name: string): boolean {
  if (names.length === 0) return false;
  return names.some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name));
}

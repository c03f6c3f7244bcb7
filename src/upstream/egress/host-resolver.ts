import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { withTimeout } from '../../common/with-timeout';
import { upstreamUnreachable } from '../upstream-error';
import { type EgressPolicy } from './egress-policy';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Returns all A and AAAA records of a name. Rejects when the name has none. */
export type ResolveHost = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** Uses the operating system's resolver, so that the hosts file and search domains apply as for other programs. */
export const systemResolver: ResolveHost = (hostname) => lookup(hostname, { all: true, verbatim: true });

/**
 * Resolves a host for one call, together with the names of Caret's own endpoints on that port. Checks the host against
 * the policy before any lookup. Each lookup may take `limitMs` milliseconds.
 */
export async function resolveForCall(
  host: string,
  port: number,
  policy: EgressPolicy,
  resolve: ResolveHost,
  limitMs: number,
): Promise<{ addresses: readonly ResolvedAddress[]; ownAddresses: readonly string[] }> {
  policy.checkHost(host, port);
  const family = isIP(host);
  const [addresses, ...own] = await Promise.all([
    family ? [{ address: host, family }] : withTimeout(resolve(host), limitMs),
    ...policy.listOwnNames(port).map((name) => withTimeout(resolve(name), limitMs)),
  ]);
  if (addresses.length === 0) throw upstreamUnreachable();
  return { addresses, ownAddresses: own.flat().map(({ address }) => address) };
}

/** Denies the call if the policy denies any of the addresses, because Node chooses the one that connects. */
export function checkAddresses(
  resolved: Awaited<ReturnType<typeof resolveForCall>>,
  host: string,
  port: number,
  policy: EgressPolicy,
): void {
  for (const { address } of resolved.addresses) {
    policy.checkAddress(address, port, host);
    policy.checkNotOwn(address, port, resolved.ownAddresses);
  }
}

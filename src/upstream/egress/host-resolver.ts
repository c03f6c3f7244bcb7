import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { withTimeout } from '../../common/with-timeout';
import { upstreamUnreachable } from '../upstream-error';
import { type EgressPolicy } from './egress-policy';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All A and AAAA records of a name; rejects where there are none. */
export type ResolveHost = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** The operating system's resolver: hosts file and search domains count, as they do for every other program here. */
export const systemResolver: ResolveHost = (hostname) => lookup(hostname, { all: true, verbatim: true });

/**
 * Resolves a host for one call: its own addresses, and those of the service's own endpoints at that port to
 * compare with. Judges what is known before the network is asked. Each look-up may take `limitMs`.
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
    ...policy.ownNamesAt(port).map((name) => withTimeout(resolve(name), limitMs)),
  ]);
  if (addresses.length === 0) throw upstreamUnreachable();
  return { addresses, ownAddresses: own.flat().map(({ address }) => address) };
}

/** Refuses the call if any one of the addresses is denied: which of them is dialled is not ours to choose. */
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

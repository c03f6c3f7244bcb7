import { isIP } from 'node:net';
import { untilAborted } from '../../common/until-aborted';
import { upstreamUnreachable } from '../upstream-error';
import { type EgressPolicy } from './egress-policy';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** On whose behalf a name is looked up, and until when. */
export interface LookupContext {
  readonly accountId: string;
  readonly signal: AbortSignal;
}

/** Returns all A and AAAA records of a name. Rejects when the name has none. */
export type ResolveHost = (hostname: string, context: LookupContext) => Promise<readonly ResolvedAddress[]>;

export interface CallDestination {
  /** A name in lower case or a literal address. */
  readonly host: string;
  readonly port: number;
}

/**
 * Resolves a host for one call, together with the names of Caret's own endpoints on that port. Checks the host against
 * the policy before any lookup. The lookups may take `limitMs` milliseconds.
 */
export async function resolveForCall(
  { host, port }: CallDestination,
  policy: EgressPolicy,
  resolve: ResolveHost,
  limitMs: number,
  context: LookupContext,
): Promise<{ addresses: readonly ResolvedAddress[]; ownAddresses: readonly string[] }> {
  policy.checkHost(host, port);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(limitMs)]);
  const lookUp = (name: string) => untilAborted(resolve(name, { ...context, signal }), signal);
  const family = isIP(host);
  const [addresses, ...own] = await Promise.all([
    family ? [{ address: host, family }] : lookUp(host),
    ...policy.listOwnNames(port).map(lookUp),
  ]);
  if (addresses.length === 0) throw upstreamUnreachable();
  return { addresses, ownAddresses: own.flat().map(({ address }) => address) };
}

/** Denies the call if the policy denies any of the addresses, because Node chooses the one that connects. */
export function checkAddresses(
  resolved: Awaited<ReturnType<typeof resolveForCall>>,
  { host, port }: CallDestination,
  policy: EgressPolicy,
): void {
  for (const { address } of resolved.addresses) {
    policy.checkAddress(address, port, host);
    policy.checkNotOwn(address, port, resolved.ownAddresses);
  }
}

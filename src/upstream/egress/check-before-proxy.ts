import { isIP } from 'node:net';
import { DomainError } from '../../common/domain-error';
import { upstreamUnreachable } from '../upstream-error';
import { type EgressPolicy } from './egress-policy';
import { type ConnectorOptions, pause } from './guarded-connector';
import { type CallDestination, checkAddresses, type LookupContext, resolveForCall } from './host-resolver';

/**
 * Checks a destination that EGRESS_PROXY will resolve and connect to. Throws `egress_denied`. Permits a name that this host
 * cannot resolve, because the proxy's own rules then decide.
 */
export async function checkBeforeProxy(
  destination: CallDestination,
  policy: EgressPolicy,
  { resolve, resolveTimeoutMs, connectTimeoutMs }: ConnectorOptions,
  context: LookupContext,
): Promise<void> {
  try {
    const resolved = await resolveForCall(destination, policy, resolve, resolveTimeoutMs, context);
    checkAddresses(resolved, destination, policy);
  } catch (error) {
    const isDenied = error instanceof DomainError && error.code === 'egress_denied';
    if (!isDenied) return;
    if (!policy.hidesDeniedNames || isIP(destination.host)) throw error;
    await pause(connectTimeoutMs);
    throw upstreamUnreachable(error);
  }
}

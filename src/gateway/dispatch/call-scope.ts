import type { Resolution } from '../../routing/engine/resolution';
import type { RoutingTable } from '../../routing/engine/routing-table';
import type { Selector } from '../../selectors/selector';
import type { GatewayCall } from '../call/gateway-call';
import type { RequestedCall } from '../request/requested-call';

/** The provider that stored a response. */
export interface StoredAt {
  readonly providerId: string;
  /** `provider^`, or null if the caller must not know it. */
  readonly selector: string | null;
}

/** A call with the candidates that its selectors resolve to. */
export interface CallScope {
  readonly call: GatewayCall;
  readonly requested: RequestedCall;
  readonly table: RoutingTable;
  readonly selectors: readonly Selector[];
  readonly resolution: Resolution;
  /** The provider that stored the response which the call continues, or null. */
  readonly storedAt: StoredAt | null;
}

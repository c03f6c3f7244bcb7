import type { Candidate } from '../../routing/engine/model/candidate';
import type { Resolution } from '../../routing/engine/resolution';
import type { RoutingTable } from '../../routing/engine/routing-table';
import type { Selector } from '../../selectors/selector';
import type { GatewayCall } from '../call/gateway-call';
import type { RequestedCall } from '../request/requested-call';

/** A call with the candidates that its selectors resolve to. */
export interface CallScope {
  readonly call: GatewayCall;
  readonly requested: RequestedCall;
  readonly table: RoutingTable;
  readonly selectors: readonly Selector[];
  readonly resolution: Resolution;
  /** The provider that stored what the call continues, or null. */
  readonly providerId: string | null;
}

import type { AuthenticatedRequest, Principal } from '../../auth/caller';
import type { GatewayConfig } from '../../config/gateway-config';
import type { CallFacts, GatewayCall } from '../call/gateway-call';
import type { InFlightBytes } from '../call/in-flight-bytes';
import type { NodeCallerResponse, ResponseContext } from './node-caller-response';

/** The services of every gateway request in one object, so that a request needs one field. */
export interface GatewayServices {
  readonly config: GatewayConfig;
  readonly authentication: CallerAuthentication;
  readonly dispatcher: { dispatch(call: GatewayCall): void };
  readonly inFlight: InFlightBytes;
  readonly responses: ResponseContext;
  readonly observer: { observe(request: EndedRequest): void };
  /** Whether the process shuts down and accepts no new request. */
  isClosing: boolean;
}

/** A request that has its response, or whose caller has left. */
export interface EndedRequest {
  readonly request: AuthenticatedRequest;
  readonly response: NodeCallerResponse;
  /** The pattern of the route. */
  readonly route: string;
  readonly requestId: string;
  readonly clientRequestId: string | null;
  readonly address: string | undefined;
  /** By the monotonic clock. */
  readonly startedAt: number;
  readonly facts: CallFacts;
}

export interface CallerAuthentication {
  /** Calls back once, with the error or with the principal. */
  authenticate(
    request: AuthenticatedRequest,
    done: (error: unknown, principal: Principal | null) => void,
  ): void;
}

import { Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AuthenticatedRequest, Principal } from '../../auth/caller';
import { hasScope } from '../../auth/scopes';
import { newId } from '../../common/ids';
import { afterShortBody } from '../../http/unread-body';
import { ErrorEntry } from '../../observability/error-entry';
import type { CallFacts } from '../call/gateway-call';
import { sendError } from '../call/send-error';
import type { Dialect } from '../dialect/endpoint';
import { GatewayError } from '../dialect/gateway-error';
import { toGatewayError } from '../dialect/to-gateway-error';
import type { GatewayServices } from './gateway-services';
import { NodeCallerResponse } from './node-caller-response';
import { shuttingDown } from './shutting-down';

/** RFC 6750, section 3. */
const CHALLENGE = { 'www-authenticate': 'Bearer realm="caret"' };

const logger = new Logger('Gateway');

/** A request to one route of the gateway. Every error is sent in the form of its dialect. */
export abstract class GatewayRequest {
  readonly requestId = newId();
  readonly startedAt = performance.now();
  readonly facts: CallFacts = {};
  readonly response: NodeCallerResponse;
  /** Read now, because a connection that has ended has no address. */
  readonly address: string | undefined;

  constructor(
    readonly request: AuthenticatedRequest,
    reply: FastifyReply,
    /** The pattern of the route, for the log and the metrics. */
    readonly route: string,
    readonly dialect: Dialect,
    protected readonly services: GatewayServices,
  ) {
    this.response = new NodeCallerResponse(reply.raw, this.requestId, services.responses, () =>
      this.onClose(),
    );
    this.address = request.ip;
    // A process that drains lets clients connect to another replica.
    this.response.isLast = reply.getHeader('connection') === 'close';
  }

  /** The caller's own id of the request, if it is a plain word. */
  get clientRequestId(): string | null {
    const given = this.request.headers['x-request-id'];
    return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : null;
  }

  /** Authenticates the caller before the body is read, then serves the request. */
  receive(): void {
    const { services, request } = this;
    if (services.isClosing) return this.reject(shuttingDown());
    services.authentication.authenticate(request, (error, principal) => {
      if (this.response.hasLeft) return;
      if (principal === null) return this.reject(error);
      try {
        this.accept(principal);
      } catch (failure) {
        this.reject(failure);
      }
    });
  }

  /** Sends a response to an authenticated caller. May throw. */
  protected abstract serve(caller: Principal): void;

  /** Sends an error. The body of the request is not read any more. */
  protected reject(reason: unknown): void {
    const error = toGatewayError(reason);
    if (error.details.cause !== undefined)
      logger.error(new ErrorEntry('unexpected error', error.details.cause, this.requestId));
    this.facts.errorCode = error.code;
    const { raw } = this.request;
    afterShortBody(raw, () => {
      this.response.endAfterUnread(raw);
      const challenge = error.code === 'invalid_api_key' ? CHALLENGE : undefined;
      sendError(this.response, error, this.dialect, this.requestId, challenge);
    });
  }

  /** Runs once, when the response has been sent or the caller has left. */
  protected onClose(): void {
    this.services.observer.observe(this);
  }

  private accept(caller: Principal): void {
    const { request, response } = this;
    request.user = caller;
    response.accountId = caller.accountId;
    if (!hasScope(caller.scopes, 'gateway:use')) {
      const text = 'The token lacks the scope gateway:use. Send a token that has it.';
      throw new GatewayError('insufficient_permissions', text, { shouldRetry: false });
    }
    this.serve(caller);
  }
}

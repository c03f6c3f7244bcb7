import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { AuthenticatedRequest, Principal } from '../../auth/caller';
import { wallClock } from '../../common/timestamp';
import { RequestBody } from '../body/request-body';
import type { GatewayCall } from '../call/gateway-call';
import type { BytesReservation } from '../call/in-flight-bytes';
import type { GatewayEndpoint } from '../dialect/endpoint';
import { type CallOptions, parseCallOptions } from '../request/call-options';
import { assertJson } from './body-decoder';
import { BodyReader } from './body-reader';
import { GatewayRequest } from './gateway-request';
import type { GatewayServices } from './gateway-services';

/** The body before its arrival and after its release. A call that is resolved after its caller left may read it. */
const NO_BODY = RequestBody.parse(Buffer.from('{}'));

/** A call of a model, from its head to its end. */
export class IncomingCall extends GatewayRequest implements GatewayCall {
  readonly startedAtMs = wallClock();
  caller!: Principal;
  body = NO_BODY;
  options!: CallOptions;
  private reservation: BytesReservation | null = null;
  private held: BytesReservation | null = null;
  private reader: BodyReader | null = null;

  constructor(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    readonly endpoint: GatewayEndpoint,
    services: GatewayServices,
  ) {
    super(request, reply, `/v1/${endpoint.path}`, endpoint.dialect, services);
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  get isBeta(): boolean {
    return (this.request.query as { beta?: unknown }).beta === 'true';
  }

  releaseBody(): void {
    this.body = NO_BODY;
    this.reservation?.release();
  }

  holdBytes(bytes: number): boolean {
    if (bytes > 0) this.held ??= this.services.inFlight.reserve(this.caller.tokenId);
    return this.held?.resize(bytes) ?? true;
  }

  protected serve(caller: Principal): void {
    const { request, services } = this;
    this.caller = caller;
    assertJson(request.headers['content-type']);
    this.options = parseCallOptions(request.headers, caller.caretHeaders);
    this.reservation = services.inFlight.reserve(caller.tokenId);
    const { maxBodyBytes } = services.config;
    this.reader = new BodyReader(request.raw, this.reservation, maxBodyBytes, (error, bytes) => {
      if (error) this.reject(error);
      else this.dispatch(bytes);
    });
    this.response.arrivingBody = this.reader;
    this.reader.start();
  }

  protected override onClose(): void {
    this.reader?.stop();
    super.onClose();
    this.releaseBody();
    this.held?.release();
  }

  protected override reject(reason: unknown): void {
    this.releaseBody();
    super.reject(reason);
  }

  private dispatch(bytes: Buffer): void {
    try {
      this.body = RequestBody.parse(bytes);
    } catch (error) {
      return this.reject(error);
    }
    this.services.dispatcher.dispatch(this);
  }
}

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

/** A call of a model, from its head to its end. */
export class IncomingCall extends GatewayRequest implements GatewayCall {
  readonly startedAtMs = wallClock();
  caller!: Principal;
  options!: CallOptions;
  private scanned: RequestBody | null = null;
  private reservation: BytesReservation | null = null;
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

  get body(): RequestBody {
    if (this.scanned === null) throw new Error('the body of a call is read after its release');
    return this.scanned;
  }

  releaseBody(): void {
    this.scanned = null;
    this.reservation?.release();
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
  }

  protected override reject(reason: unknown): void {
    this.releaseBody();
    super.reject(reason);
  }

  private dispatch(bytes: Buffer): void {
    try {
      this.scanned = RequestBody.parse(bytes);
    } catch (error) {
      return this.reject(error);
    }
    this.services.dispatcher.dispatch(this);
  }
}

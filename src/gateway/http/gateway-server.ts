import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { AuthenticatedRequest } from '../../auth/caller';
import { GatewayAuthentication } from '../../auth/gateway-authentication';
import type { AppConfig } from '../../config/config';
import { APP_CONFIG } from '../../config/config.module';
import type { GatewayConfig } from '../../config/gateway-config';
import { setErrorFormat } from '../../http/problem/error-format';
import { InFlightBytes } from '../call/in-flight-bytes';
import { ENDPOINTS } from '../dialect/endpoint';
import { spellingsOf } from '../dialect/gateway-path';
import { GatewayDispatcher } from '../dispatch/gateway-dispatcher';
import { OpenCalls } from '../dispatch/open-calls';
import { ModelList } from '../models/model-list';
import { formatGatewayError } from './gateway-error-format';
import type { GatewayServices } from './gateway-services';
import { IncomingCall } from './incoming-call';
import { ModelsRequest } from './models-request';
import { OpenResponses } from './open-responses';
import { RequestObserver } from './request-observer';
import { shuttingDown } from './shutting-down';

/** How long the last errors of a shutdown have to reach their callers, in milliseconds. */
const LAST_ERRORS_MS = 5000;

type Serve = (request: AuthenticatedRequest, reply: FastifyReply) => void;

/** The routes of the gateway. They bypass Nest, and all of Fastify except its router and its connection hooks. */
@Injectable()
export class GatewayServer {
  private readonly config: GatewayConfig;
  private readonly open = new OpenResponses();

  constructor(
    @Inject(APP_CONFIG) { gateway }: AppConfig,
    private readonly authentication: GatewayAuthentication,
    private readonly dispatcher: GatewayDispatcher,
    private readonly models: ModelList,
    private readonly inFlight: InFlightBytes,
    private readonly openCalls: OpenCalls,
    private readonly observer: RequestObserver,
  ) {
    this.config = gateway;
  }

  /** Call it before the hooks that authenticate and log all other routes are added. */
  attach(fastify: FastifyInstance, logger: Logger): void {
    setErrorFormat(fastify.server, formatGatewayError);
    this.observer.attach(logger, this.open);
    const { config, authentication, dispatcher, inFlight, observer, open } = this;
    const services: GatewayServices = {
      config,
      authentication,
      dispatcher,
      inFlight,
      observer,
      responses: { open, unsent: fastify.unsentResponses },
      isClosing: false,
    };
    for (const endpoint of ENDPOINTS)
      addRoute(fastify, 'POST', spellingsOf(endpoint.path, endpoint.isTolerant), (request, reply) =>
        new IncomingCall(request, reply, endpoint, services).receive(),
      );
    const modelUrls = [...spellingsOf('models', true), ...spellingsOf('models/*', true)];
    addRoute(fastify, 'GET', modelUrls, (request, reply) =>
      new ModelsRequest(request, reply, this.models, services).receive(),
    );
    this.drainOnClose(fastify, services);
  }

  /** Lets calls go on for the time of the drain. Then each ends with an error in the form of its dialect. */
  private drainOnClose(fastify: FastifyInstance, services: GatewayServices): void {
    let timer: NodeJS.Timeout | undefined;
    fastify.addHook('preClose', (done) => {
      services.isClosing = true;
      timer = setTimeout(() => {
        this.openCalls.endAll(shuttingDown());
        timer = setTimeout(() => this.open.disconnectAll('shutdown'), LAST_ERRORS_MS);
      }, this.config.drainMs);
      done();
    });
    fastify.addHook('onClose', (_instance, done) => {
      clearTimeout(timer);
      this.open.stop();
      done();
    });
  }
}

/** Adds a route that hijacks the reply before Fastify reads the body. */
function addRoute(
  fastify: FastifyInstance,
  method: 'GET' | 'POST',
  urls: readonly string[],
  serve: Serve,
): void {
  for (const url of urls)
    fastify.route({
      method,
      url,
      config: { isGateway: true },
      onRequest: (request, reply) => {
        reply.hijack();
        serve(request, reply);
      },
      handler: unreachable,
    });
}

function unreachable(): never {
  throw new Error('a route of the gateway was not served by its hook');
}

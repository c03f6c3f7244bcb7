import { Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { ObserveRequest } from '../../observability/access-log';
import { lineWriter } from '../../observability/logger';
import { RequestMetrics } from '../../observability/request.metrics';
import { GatewayMetrics } from '../gateway.metrics';
import { accessFields, statusOf } from './access-line';
import type { EndedRequest } from './gateway-services';
import type { OpenResponses } from './open-responses';

type WriteLine = (fields: string) => void;

const IGNORE: WriteLine = () => undefined;

/** Logs and counts the requests of the gateway. One line per request, also for callers that left. */
@Injectable()
export class RequestObserver {
  private readonly observers = new Map<string, ObserveRequest>();
  private write: WriteLine = IGNORE;
  private writeWarning: WriteLine = IGNORE;

  constructor(
    private readonly requests: RequestMetrics,
    private readonly calls: GatewayMetrics,
  ) {}

  attach(logger: Logger, open: OpenResponses): void {
    this.write = lineWriter(logger, 'info');
    this.writeWarning = lineWriter(logger, 'warn');
    this.calls.watch(() => open.count);
  }

  observe(ended: EndedRequest): void {
    const { request, route, startedAt, response, facts } = ended;
    const status = statusOf(ended);
    const ms = performance.now() - startedAt;
    const seconds = ms / 1000;
    this.observerOf(route)(request.method, status, seconds);
    const endpoint = route.slice('/v1/'.length);
    this.calls.observe({ endpoint, status, seconds, hasLeft: response.hasLeft, facts });
    (status >= 500 ? this.writeWarning : this.write)(accessFields(ended, status, ms));
  }

  private observerOf(route: string): ObserveRequest {
    const known = this.observers.get(route);
    if (known) return known;
    const created = this.requests.observerOf(route);
    this.observers.set(route, created);
    return created;
  }
}

import { timingSafeEqual, createHash } from 'node:crypto';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/bearer.guard';
import { DomainError } from '../common/domain-error';
import { IntervalCache } from '../common/interval-cache';
import { type AppConfig, isLoopback } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { Operation } from '../http/route/operation';
import { MetricsRegistry } from '../observability/metrics-registry';

/** Minimum time between two texts of the metrics, in milliseconds. Without METRICS_TOKEN, anybody may call the route. */
const INTERVAL_MS = 1000;

/** Serves the metrics to Prometheus: openly on loopback, else with METRICS_TOKEN. Without a token, the route is 404. */
@ApiTags('Operations')
@Public()
@Controller('metrics')
export class MetricsController {
  private readonly texts = new IntervalCache(INTERVAL_MS, () => this.metrics.text());

  constructor(
    private readonly metrics: MetricsRegistry,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  @Operation({
    id: 'getMetrics',
    summary: 'Read metrics',
    description: 'Prometheus text format. If METRICS_TOKEN is set, send it as the bearer token.',
    text: 'caret_build_info{version="0.1.0"} 1',
    failures: ['Unauthenticated', 'NotServed', 'HostNotAllowed'],
    security: [{ metrics: [] }, {}],
  })
  @Get()
  async read(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { metricsToken, host } = this.config;
    if (metricsToken !== null) this.assertToken(request, reply, metricsToken);
    else if (!isLoopback(host))
      throw new DomainError(
        'not_found',
        'route.not_found',
        'There is no such route. /docs lists the routes.',
      );
    reply.header('content-type', this.metrics.contentType);
    return this.texts.get();
  }

  private assertToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
    const presented = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (timingSafeEqual(digest(presented), digest(token))) return;
    reply.header('www-authenticate', 'Bearer realm="caret-metrics"');
    throw new DomainError('unauthenticated', 'auth.invalid_token', 'Send METRICS_TOKEN as a bearer token.');
  }
}

/** Gives both texts the same length, which timingSafeEqual needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

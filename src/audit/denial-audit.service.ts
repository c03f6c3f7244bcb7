import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Counter } from 'prom-client';
import { Authenticator } from '../auth/authenticator';
import type { AuthenticatedRequest } from '../auth/caller';
import { UnitOfWork } from '../database/unit-of-work';
import { isGatewayRoute } from '../http/server/gateway-route';
import { ErrorEntry } from '../observability/error-entry';
import { MetricsRegistry } from '../observability/metrics-registry';
import { AuditService } from './audit.service';
import { type DenialGroup, DeniedRequests } from './denied-requests';

const MINUTE_MS = 60_000;

/** The name of the token in the event of all requests beyond the groups. */
const OTHERS = 'others';

/**
 * Records requests that were denied: with a token that is not valid (401, or 429 after too many), and without the
 * rights (403). A flood writes few rows, because requests are grouped for a minute from the first one.
 */
@Injectable()
export class DenialAuditService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly metric: Counter<'action'>;
  private denied = new DeniedRequests();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
    metrics: MetricsRegistry,
  ) {
    this.metric = metrics.addCounter(
      'caret_denied_requests_total',
      'Requests with an invalid token (auth.refused) or without the rights (auth.forbidden).',
      ['action'],
    );
  }

  /** Observes every response. Call it before the routes are registered. */
  attach(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      const { statusCode } = reply;
      if (statusCode === 401 || statusCode === 403 || statusCode === 429) this.observe(request, reply);
      done();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Writes the groups so far. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { denied } = this;
    this.denied = new DeniedRequests();
    for (const [address, count] of denied.byAddress) {
      this.logger.warn(
        `${count} requests with an invalid token in a minute from ${address ?? 'other addresses'}`,
      );
    }
    for (const groups of denied.byAccount) {
      const write = async (): Promise<void> => {
        for (const group of groups) await this.record(group);
      };
      await this.unitOfWork.run(write).catch((error: unknown) => {
        this.logger.error(new ErrorEntry(`lost the events of denied requests: ${summarise(groups)}`, error));
      });
    }
  }

  private observe(request: AuthenticatedRequest, { statusCode }: FastifyReply): void {
    const credential = findCredential(request);
    const isForbidden = statusCode === 403;
    // 429 of an authenticated caller is a limit of another kind. A request without a token is no attempt.
    if (!isForbidden && (request.user !== undefined || credential === null)) return;
    const action = isForbidden ? 'auth.forbidden' : 'auth.refused';
    const principal = request.user ?? this.authenticator.findNamed(credential ?? '');
    this.metric.inc({ action });
    this.denied.add({
      action,
      principal,
      address: request.ip ?? 'an unknown address',
      route: `${request.method} ${request.routeOptions.url ?? 'none'}`,
      traceId: request.id,
    });
    this.timer ??= setTimeout(() => void this.flush(), MINUTE_MS).unref();
  }

  private record({ action, accountId, source, traceId, routes, count }: DenialGroup): Promise<void> {
    const named = source?.principal;
    const isProven = action === 'auth.forbidden';
    const toAddition = (after: unknown) => ({ before: null, after });
    return this.audit.record(
      {
        accountId,
        tokenId: (isProven && named?.tokenId) || null,
        tokenName: isProven ? (named?.tokenName ?? OTHERS) : 'unauthenticated',
        traceId,
      },
      {
        action,
        resource: { type: 'token', id: named?.tokenId ?? null, name: named?.tokenName ?? OTHERS },
        changes: {
          address: toAddition(source?.address ?? null),
          requests: toAddition(count),
          routes: toAddition([...routes]),
        },
      },
    );
  }
}

/** Returns the token that the request tried, whatever its form. Only routes of the gateway take one in `x-api-key`. */
function findCredential(request: AuthenticatedRequest): string | null {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  if (authorization !== undefined) return authorization.replace(/^Bearer /i, '');
  return typeof apiKey === 'string' && isGatewayRoute(request) ? apiKey : null;
}

function summarise(groups: readonly DenialGroup[]): string {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return `${count} requests, account ${groups[0]!.accountId}`;
}

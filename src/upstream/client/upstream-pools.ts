import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { EGRESS_CONFIG, type EgressConfig } from '../../config/egress-allow';
import { EgressPolicy } from '../egress/egress-policy';
import { createGuardedConnector } from '../egress/guarded-connector';
import { CallDeadlines } from './call-deadlines';
import { GUARDED_HTTP_OPTIONS, type GuardedHttpOptions } from './guarded-http-client';
import { OriginPool } from './origin-pool';
import type { PooledCall, PooledHandler, PooledRequest } from './pooled-call';
import type { ConnectionSettings } from './pooled-connection';
import { PooledExchange } from './pooled-exchange';
import { ProxyTunnels } from './proxy-tunnels';

export interface PoolLimits {
  /** Milliseconds for which a connection without a call stays open. */
  readonly keepAliveMs: number;
  /** Milliseconds until the connections of an origin are replaced, so that its addresses are checked again. */
  readonly replaceAfterMs: number;
  /** Origins with open connections. Beyond it, those of the least recently used origin close. */
  readonly maxOrigins: number;
  /** Milliseconds between two checks of the deadlines. */
  readonly tickMs: number;
  /** The monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/** Injection token of the {@link PoolLimits}. */
export const POOL_LIMITS = Symbol('POOL_LIMITS');

export const DEFAULT_POOL_LIMITS: PoolLimits = {
  // Less than the time after which clouds drop idle connections silently.
  keepAliveMs: 30_000,
  replaceAfterMs: 5 * 60_000,
  maxOrigins: 2000,
  tickMs: 250,
  now: () => performance.now(),
};

/**
 * Sends the calls of the gateway over kept-alive connections, by HTTP/1.1. All accounts share the connections to an origin.
 * Each new connection resolves the name, checks the address and connects to no other; with EGRESS_PROXY, the proxy connects.
 * Redirects are errors. A call whose kept-alive connection turns out to be closed is sent once more.
 */
@Injectable()
export class UpstreamPools implements OnApplicationShutdown {
  private readonly pools: LRUCache<string, OriginPool>;
  /** The pools with open connections, also those that were replaced. */
  private readonly open = new Set<OriginPool>();
  private readonly deadlines: CallDeadlines;
  private readonly tunnels: ProxyTunnels | null;
  private isShutDown = false;
  private readonly settings: Omit<ConnectionSettings, 'onClosed'>;

  constructor(
    policy: EgressPolicy,
    @Inject(EGRESS_CONFIG) { proxy }: EgressConfig,
    @Inject(GUARDED_HTTP_OPTIONS) options: GuardedHttpOptions,
    @Inject(POOL_LIMITS) private readonly limits: PoolLimits,
  ) {
    this.pools = new LRUCache({ max: limits.maxOrigins, disposeAfter: (pool) => pool.retire() });
    this.deadlines = new CallDeadlines(limits.tickMs);
    const tunnels = proxy && new ProxyTunnels(policy, options, proxy);
    this.tunnels = tunnels;
    this.settings = {
      maxHeaderBytes: options.maxHeaderBytes,
      keepAliveMs: limits.keepAliveMs,
      createConnector: (context) =>
        tunnels ? tunnels.createConnector(context) : createGuardedConnector(policy, options, context),
    };
  }

  /** Starts a call. The handler is not called before this method returns. */
  call(request: PooledRequest, handler: PooledHandler): PooledCall {
    const now = this.limits.now();
    const pool = this.poolOf(request.origin, now);
    const exchange = new PooledExchange(request, handler, pool, this.deadlines, performance.now());
    exchange.start();
    return exchange;
  }

  /** Ends all calls. Runs after the HTTP server has closed, so every response has been sent. */
  async onApplicationShutdown(): Promise<void> {
    this.isShutDown = true;
    for (const pool of this.open) pool.destroy();
    await this.tunnels?.destroy();
  }

  private poolOf(origin: string, now: number): OriginPool {
    const existing = this.pools.get(origin);
    if (existing && now - existing.createdAt < this.limits.replaceAfterMs) return existing;
    const pool = new OriginPool(origin, now, this.settings, (empty) => this.forget(empty));
    if (this.isShutDown) pool.destroy();
    this.open.add(pool);
    this.pools.set(origin, pool);
    return pool;
  }

  private forget(pool: OriginPool): void {
    this.open.delete(pool);
    if (this.pools.peek(pool.origin) === pool) this.pools.delete(pool.origin);
  }
}

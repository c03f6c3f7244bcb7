import { isIP } from 'node:net';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { parseUrl } from '../../common/parse-url';
import { untilAborted } from '../../common/until-aborted';
import { EGRESS_CONFIG, type EgressConfig } from '../../config/egress-allow';
import { checkBeforeProxy } from '../egress/check-before-proxy';
import { getPort, normaliseHost } from '../egress/destination';
import { EgressPolicy } from '../egress/egress-policy';
import { type ConnectorOptions, createGuardedConnector } from '../egress/guarded-connector';
import { type LookupContext } from '../egress/host-resolver';
import { NameResolver } from '../egress/name-resolver';
import {
  translateTransportFailure,
  UpstreamError,
  upstreamRedirected,
  upstreamTimeout,
} from '../upstream-error';
import { ACCEPTED_ENCODINGS, readBody } from './read-body';
import { ReceivedBytes } from './received-bytes';

export interface UpstreamRequest {
  /** The account that the call is made for. It limits lookups in progress. */
  readonly accountId: string;
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What no error may repeat. */
  readonly secrets: readonly string[];
  /** Milliseconds for the whole call, from name resolution to the last byte. */
  readonly deadlineMs: number;
  /** Milliseconds until the response headers are complete. Default: the client's own limit. */
  readonly headersTimeoutMs?: number;
  /** Maximum size of a successful response, in decoded bytes. The connection receives at most 64 KiB more. */
  readonly maxBytes: number;
  /** Cancels the call. It then fails with the same error as a timeout. */
  readonly signal?: AbortSignal;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  /** Decoded. Truncated to 16 KiB when the status is 400 or more. */
  readonly body: Buffer;
  /** What the connection received, headers and framing included. */
  readonly receivedBytes: number;
  readonly latencyMs: number;
}

/** The limits of an outbound call, in milliseconds and bytes. A test replaces the resolver and the authorities. */
export interface GuardedHttpOptions extends ConnectorOptions {
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxHeaderBytes: number;
}

/** Shared by all clients, because its limits are those of the process. */
const RESOLVER = new NameResolver();

export const DEFAULT_HTTP_OPTIONS: GuardedHttpOptions = {
  resolve: (name, context) => RESOLVER.resolve(name, context),
  resolveTimeoutMs: 5_000,
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 15_000,
  idleTimeoutMs: 30_000,
  maxHeaderBytes: 16_384,
};

/** Injection token of the {@link GuardedHttpOptions}. */
export const GUARDED_HTTP_OPTIONS = Symbol('GUARDED_HTTP_OPTIONS');

const MAX_ERROR_BYTES = 16_384;

/**
 * Sends every request to a URL that a user supplied. Each call resolves the name, checks the address and opens a new
 * connection, because a pooled connection would outlive the check of its address. Redirects are errors, and nothing is
 * retried. Throws `egress_denied` or an `UpstreamError`. The caller translates every status except a redirect.
 *
 * With EGRESS_PROXY, the proxy resolves the name and connects. The policy still checks literals, internal names and the
 * addresses that this host resolves. When this host cannot resolve the name, the proxy's own rules decide.
 */
@Injectable()
export class GuardedHttpClient implements OnApplicationShutdown {
  private readonly dispatchers = new Set<Dispatcher>();

  constructor(
    private readonly policy: EgressPolicy,
    @Inject(EGRESS_CONFIG) private readonly config: EgressConfig,
    @Inject(GUARDED_HTTP_OPTIONS) private readonly options: GuardedHttpOptions,
  ) {}

  async request(request: UpstreamRequest): Promise<UpstreamResponse> {
    const started = performance.now();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), request.deadlineMs);
    const signal = request.signal ? AbortSignal.any([deadline.signal, request.signal]) : deadline.signal;
    const context = { accountId: request.accountId, signal };
    const received = new ReceivedBytes(request.maxBytes);
    const dispatcher = this.createDispatcher(context, received);
    this.dispatchers.add(dispatcher);
    try {
      const host = normaliseHost(request.url.hostname);
      const destination = { host, port: getPort(request.url) };
      if (isIP(host)) this.policy.checkHost(host, destination.port);
      if (this.config.proxy)
        await untilAborted(checkBeforeProxy(destination, this.policy, this.options, context), signal);
      const response = await this.exchange(dispatcher, request, signal);
      const latencyMs = Math.round(performance.now() - started);
      return { ...response, receivedBytes: received.total, latencyMs };
    } catch (error) {
      throw signal.aborted ? upstreamTimeout(error) : translateTransportFailure(error);
    } finally {
      clearTimeout(timer);
      // Both end whatever the call has left open: an unread body, a lookup, a connection that opens late.
      deadline.abort();
      void dispatcher.destroy();
      this.dispatchers.delete(dispatcher);
    }
  }

  /** Runs after the HTTP server has closed, so every response has been sent. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.dispatchers].map((dispatcher) => dispatcher.destroy()));
  }

  /** Creates the dispatcher of one call. A shared one opens a second connection when a call is aborted. */
  private createDispatcher(context: LookupContext, received: ReceivedBytes): Dispatcher {
    const { options, config } = this;
    const limits = {
      factory: received.createPool,
      headersTimeout: options.headersTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
      maxHeaderSize: options.maxHeaderBytes,
      // Disables keep-alive.
      pipelining: 0,
    };
    if (!config.proxy)
      return new Agent({ ...limits, connect: createGuardedConnector(this.policy, options, context) });
    const tls = {
      timeout: options.connectTimeoutMs,
      rejectUnauthorized: true,
      ca: options.certificateAuthorities,
    };
    return new ProxyAgent({ ...limits, uri: config.proxy.href, proxyTls: tls, requestTls: tls });
  }

  private async exchange(
    dispatcher: Dispatcher,
    request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<Pick<UpstreamResponse, 'status' | 'headers' | 'body'>> {
    const { statusCode, headers, body } = await dispatcher.request({
      origin: request.url.origin,
      path: request.url.pathname + request.url.search,
      method: request.method,
      headers: { ...request.headers, 'accept-encoding': ACCEPTED_ENCODINGS },
      body: request.body ?? null,
      headersTimeout: request.headersTimeoutMs,
      signal,
    });
    try {
      if (statusCode >= 300 && statusCode < 400) {
        const location = findLocation(request.url, headers.location);
        throw upstreamRedirected(statusCode, request.url, location, request.secrets);
      }
      const isError = statusCode >= 400;
      const bytes = await readBody(body, String(headers['content-encoding'] ?? ''), {
        maxBytes: isError ? MAX_ERROR_BYTES : request.maxBytes,
        truncates: isError,
      });
      return { status: statusCode, headers, body: bytes };
    } catch (error) {
      const failure = translateTransportFailure(error);
      const isUnreadable = failure.code === 'llm_providers.upstream_invalid_response';
      // The status says more than a body that cannot be read.
      if (isUnreadable && statusCode >= 400) return { status: statusCode, headers, body: Buffer.alloc(0) };
      throw isUnreadable && failure instanceof UpstreamError ? failure.withStatus(statusCode) : error;
    } finally {
      // Without a listener, Node throws the error of a body that is destroyed before its end.
      body.on('error', () => undefined).destroy();
    }
  }
}

function findLocation(url: URL, location: string | string[] | undefined): URL | null {
  return typeof location === 'string' ? parseUrl(location, url) : null;
}

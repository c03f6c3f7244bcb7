import { isIP } from 'node:net';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { DomainError } from '../../common/domain-error';
import { EGRESS_CONFIG, type EgressConfig } from '../../config/egress-allow';
import { EgressPolicy, hostOf, portOf } from '../egress/egress-policy';
import { type ConnectorOptions, guardedConnector, pause } from '../egress/guarded-connector';
import { checkAddresses, resolveForCall, systemResolver } from '../egress/host-resolver';
import {
  translateTransportFailure,
  upstreamRedirected,
  upstreamTimeout,
  upstreamUnreachable,
} from '../upstream-error';
import { ACCEPTED_ENCODINGS, ignore, readBody } from './response-body';

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for everything: resolving, connecting, and the last byte. */
  readonly deadlineMs: number;
  /** Milliseconds until the answer's headers are there, where the usual 15 s are not for this call. */
  readonly headersTimeoutMs?: number;
  /** Decoded bytes of a successful answer. */
  readonly maxBytes: number;
  /** Gives the call up early; it then fails like one that took too long. */
  readonly signal?: AbortSignal;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  /** Of an answer of 400 or more, the first 16 KiB. */
  readonly body: Buffer;
  readonly latencyMs: number;
}

/** Limits of security.md, "Egress", in milliseconds and bytes, and what a test replaces. */
export interface GuardedHttpOptions extends ConnectorOptions {
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxHeaderBytes: number;
}

export const DEFAULT_HTTP_OPTIONS: GuardedHttpOptions = {
  resolve: systemResolver,
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
 * The only way out to a URL that a user supplied. Every call resolves, judges and connects anew: a kept
 * connection would outlive the judgement of its address. Redirects are errors, nothing is retried.
 * Throws `egress_denied` or an UpstreamError; any status but a redirect is for the caller to translate.
 *
 * Through EGRESS_PROXY the proxy resolves and dials. Literals and inside names are still judged, and so are
 * the addresses that this host resolves a name to; where it cannot resolve, the proxy's own rules decide.
 */
@Injectable()
export class GuardedHttpClient implements OnApplicationShutdown {
  private readonly dispatcher: Dispatcher;
  private readonly proxied: boolean;

  constructor(
    private readonly policy: EgressPolicy,
    @Inject(EGRESS_CONFIG) config: EgressConfig,
    @Inject(GUARDED_HTTP_OPTIONS) private readonly options: GuardedHttpOptions,
  ) {
    const limits = {
      headersTimeout: options.headersTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
      maxHeaderSize: options.maxHeaderBytes,
      // No keep-alive.
      pipelining: 0,
    };
    const tls = {
      timeout: options.connectTimeoutMs,
      rejectUnauthorized: true,
      ca: options.certificateAuthorities,
    };
    this.proxied = config.proxy !== null;
    this.dispatcher = config.proxy
      ? new ProxyAgent({ ...limits, uri: config.proxy.href, proxyTls: tls, requestTls: tls })
      : new Agent({ ...limits, connect: guardedConnector(policy, options) });
  }

  async request(request: UpstreamRequest): Promise<UpstreamResponse> {
    const started = performance.now();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), request.deadlineMs);
    const signal = request.signal ? AbortSignal.any([deadline.signal, request.signal]) : deadline.signal;
    try {
      if (isIP(hostOf(request.url.hostname)))
        this.policy.checkHost(hostOf(request.url.hostname), portOf(request.url));
      if (this.proxied) await Promise.race([this.checkBeforeProxy(request.url), rejectionOn(signal)]);
      return await this.exchange(request, signal, started);
    } catch (error) {
      throw signal.aborted ? upstreamTimeout(error) : translateTransportFailure(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** After the server has closed: requests in flight have had their answers. */
  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.destroy();
  }

  private async exchange(
    request: UpstreamRequest,
    signal: AbortSignal,
    started: number,
  ): Promise<UpstreamResponse> {
    const { statusCode, headers, body } = await this.dispatcher.request({
      origin: request.url.origin,
      path: request.url.pathname + request.url.search,
      method: request.method,
      headers: { ...request.headers, 'accept-encoding': ACCEPTED_ENCODINGS },
      body: request.body ?? null,
      headersTimeout: request.headersTimeoutMs,
      signal,
    });
    if (statusCode >= 300 && statusCode < 400) {
      body.on('error', ignore).destroy();
      throw upstreamRedirected(statusCode);
    }
    const isError = statusCode >= 400;
    const bytes = await readBody(body, String(headers['content-encoding'] ?? ''), {
      maxBytes: isError ? MAX_ERROR_BYTES : request.maxBytes,
      cut: isError,
    });
    return { status: statusCode, headers, body: bytes, latencyMs: Math.round(performance.now() - started) };
  }

  private async checkBeforeProxy(url: URL): Promise<void> {
    const host = hostOf(url.hostname);
    const port = portOf(url);
    const { resolve, resolveTimeoutMs, connectTimeoutMs } = this.options;
    try {
      const resolved = await resolveForCall(host, port, this.policy, resolve, resolveTimeoutMs);
      checkAddresses(resolved, host, port, this.policy);
    } catch (error) {
      const isDenied = error instanceof DomainError && error.code === 'egress_denied';
      if (!isDenied) return;
      if (!this.policy.hidesDeniedNames || isIP(host)) throw error;
      await pause(connectTimeoutMs);
      throw upstreamUnreachable(error);
    }
  }
}

function rejectionOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new Error('aborted'))),
  );
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenApiContract } from '../openapi/openapi-contract';
import { leakDetector } from '../secrets/leak-detector';
import { type RawRequest, rawRequestBytes, sendRaw } from './raw-http-client';

/** A parsed body. Untyped on purpose: the contract validates its shape, and each test its content. */
export type Json = ReturnType<typeof JSON.parse>;

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, or the text of another content type. Undefined without a body. */
  readonly body: Json;
  readonly text: string;
}

export interface RequestOptions {
  readonly headers?: Record<string, string>;
}

/** How often a request is sent while the database is busy. */
const MAX_TRIES = 20;

/**
 * Repeats a request after every 503, as docs/errors.md instructs clients. The service may have done the write of a 503
 * `database_unavailable`, so the request must have the same effect twice.
 */
export async function repeatUntilServed(send: () => Promise<ApiResponse>): Promise<ApiResponse> {
  for (;;) {
    const response = await send();
    if (response.status !== 503) return response;
    await pauseAfter(response);
  }
}

/**
 * Calls the API over a real socket and validates each response under /v1 against the contract, if there is one. Resends
 * a request after 503 `database_busy`, as docs/errors.md instructs clients. Such a request has changed nothing.
 */
export class ApiClient {
  constructor(
    readonly baseUrl: string,
    readonly token?: string,
    readonly contract?: OpenApiContract,
    private readonly maxTries = MAX_TRIES,
  ) {}

  /** The same service with another token, or without one. */
  as(token?: string): ApiClient {
    return new ApiClient(this.baseUrl, token, this.contract, this.maxTries);
  }

  /** A client that sends each request once, for tests of a busy database. */
  withoutRetries(): ApiClient {
    return new ApiClient(this.baseUrl, this.token, this.contract, 1);
  }

  get(path: string, options?: RequestOptions): Promise<ApiResponse> {
    return this.request('GET', path, undefined, options);
  }

  post(path: string, body?: unknown, options?: RequestOptions): Promise<ApiResponse> {
    return this.request('POST', path, body, options);
  }

  patch(path: string, body?: unknown, options?: RequestOptions): Promise<ApiResponse> {
    return this.request('PATCH', path, body, options);
  }

  delete(path: string, body?: unknown, options?: RequestOptions): Promise<ApiResponse> {
    return this.request('DELETE', path, body, options);
  }

  /** Sends a string or bytes unchanged and anything else as JSON. Undefined sends no body and no content type. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    options: RequestOptions = {},
  ): Promise<ApiResponse> {
    const headers = new Headers(options.headers);
    if (this.token !== undefined && !headers.has('authorization')) {
      headers.set('authorization', `Bearer ${this.token}`);
    }
    if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    const isVerbatim = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const payload = isVerbatim ? body : JSON.stringify(body);
    leakDetector.sent(payload);
    const init = { method, headers, body: payload as RequestInit['body'], redirect: 'manual' } as const;
    for (let attempt = 1; ; attempt++) {
      const response = await this.send(path, init);
      const isBusy = response.status === 503 && response.body.code === 'database_busy';
      if (!isBusy || attempt === this.maxTries) return response;
      await pauseAfter(response);
    }
  }

  /** Sends headers and bodies that fetch rejects. Does not add the token. */
  async rawRequest(request: RawRequest): Promise<ApiResponse> {
    leakDetector.sent(request.body);
    const response = await this.raw(rawRequestBytes(new URL(this.baseUrl).host, request));
    // A request that Node's own parser rejects never reaches the application, so the contract does not cover it.
    if (response.headers.get('content-type')?.includes('problem+json') || response.status < 400) {
      this.check(request.method, request.path, response);
    }
    return response;
  }

  /** Writes bytes to the socket and reads one response, which is not validated against the contract. */
  async raw(bytes: Uint8Array | string): Promise<ApiResponse> {
    const { hostname, port } = new URL(this.baseUrl);
    const { status, headers, text } = await sendRaw(hostname, Number(port), bytes);
    leakDetector.read('raw', `${text}\n${headerText(headers)}`);
    return toApiResponse(status, headers, text);
  }

  private async send(path: string, init: RequestInit & { method: string }): Promise<ApiResponse> {
    const { method } = init;
    const raw = await fetch(new URL(path, this.baseUrl), init);
    const response = toApiResponse(raw.status, raw.headers, await raw.text());
    leakDetector.read(
      `${method} ${path} ${response.status}`,
      `${response.text}\n${headerText(response.headers)}`,
    );
    this.check(method, path, response);
    return response;
  }

  private check(method: string, path: string, { status, headers, body }: ApiResponse): void {
    const { pathname } = new URL(path, this.baseUrl);
    if (pathname === '/v1' || pathname.startsWith('/v1/')) {
      this.contract?.check({ method, path: pathname, status, headers, body });
    }
  }
}

/** Waits for a random part of `Retry-After`, so that callers do not return together. */
function pauseAfter({ headers }: ApiResponse): Promise<void> {
  return sleep(Math.random() * 1000 * Number(headers.get('retry-after')));
}

function headerText(headers: Headers): string {
  return [...headers].map(([name, value]) => `${name}: ${value}`).join('\n');
}

function toApiResponse(status: number, headers: Headers, text: string): ApiResponse {
  const isJson = /[/+]json\b/.test(headers.get('content-type') ?? '');
  return { status, headers, text, body: text === '' ? undefined : isJson ? JSON.parse(text) : text };
}

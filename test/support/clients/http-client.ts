import type { OpenApiContract } from '../openapi/openapi-contract';
import { leakWatch } from '../secrets/leak-detector';
import { type RawRequest, rawRequestBytes, type RawResponse, sendRaw } from './raw-http-client';

/** A parsed body. Untyped on purpose: the contract checks its shape, a test what is in it. */
export type Json = ReturnType<typeof JSON.parse>;

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined without a body; the text where it is no JSON. */
  readonly body: Json;
  readonly text: string;
}

export interface RequestOptions {
  readonly headers?: Record<string, string>;
}

/** A caller of the API over a real socket. Each answer under /v1 is checked against the contract, if one is given. */
export class ApiClient {
  constructor(
    readonly baseUrl: string,
    readonly token?: string,
    readonly contract?: OpenApiContract,
  ) {}

  /** The same service seen with another token, or with none. */
  as(token?: string): ApiClient {
    return new ApiClient(this.baseUrl, token, this.contract);
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

  /** A string or bytes go out as they are, anything else as JSON; undefined sends no body and no content type. */
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
    const verbatim = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const sent = verbatim ? body : JSON.stringify(body);
    leakWatch.sent(sent);
    const response = await fetch(new URL(path, this.baseUrl), {
      method,
      headers,
      body: sent as RequestInit['body'],
      redirect: 'manual',
    });
    const answer = withBody(response.status, response.headers, await response.text());
    leakWatch.read(`${method} ${path} ${answer.status}`, `${answer.text}\n${headerText(answer.headers)}`);
    this.check(method, path, answer);
    return answer;
  }

  /** For headers and bodies that fetch would refuse to send. The token is not added. */
  async rawRequest(request: RawRequest): Promise<ApiResponse> {
    leakWatch.sent(request.body);
    const answer = await this.raw(rawRequestBytes(new URL(this.baseUrl).host, request));
    // What Node's own parser refuses never reaches the application and is no part of its contract.
    if (answer.headers.get('content-type')?.includes('problem+json') || answer.status < 400) {
      this.check(request.method, request.path, answer);
    }
    return answer;
  }

  /** Bytes straight to the socket, and the one answer; not checked against the contract. */
  async raw(bytes: Uint8Array | string): Promise<ApiResponse> {
    const { hostname, port } = new URL(this.baseUrl);
    const { status, headers, text }: RawResponse = await sendRaw(hostname, Number(port), bytes);
    leakWatch.read('raw', `${text}\n${headerText(headers)}`);
    return withBody(status, headers, text);
  }

  private check(method: string, path: string, { status, headers, body }: ApiResponse): void {
    const { pathname } = new URL(path, this.baseUrl);
    if (pathname === '/v1' || pathname.startsWith('/v1/')) {
      this.contract?.check({ method, path: pathname, status, headers, body });
    }
  }
}

function headerText(headers: Headers): string {
  return [...headers].map(([name, value]) => `${name}: ${value}`).join('\n');
}

function withBody(status: number, headers: Headers, text: string): ApiResponse {
  const json = /[/+]json\b/.test(headers.get('content-type') ?? '');
  return { status, headers, text, body: text === '' ? undefined : json ? JSON.parse(text) : text };
}

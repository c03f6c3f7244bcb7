import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';
import { leakDetector } from '../secrets/leak-detector';
import { GatewayStream } from './gateway-stream';

/** A parsed body. Untyped on purpose: each test checks its content. */
type Json = ReturnType<typeof JSON.parse>;

/** A complete response, with the bytes as they arrived. */
export interface GatewayResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The parsed body, or undefined if it is not JSON. */
  readonly body: Json;
}

/** A request's body: bytes and texts are sent unchanged, and anything else as JSON. Undefined sends none. */
type Body = unknown;

/** Calls the gateway over kept-alive connections as an SDK does, without a contract and without decoding. */
export class GatewayClient {
  private readonly agent = new Agent({ keepAlive: true });

  /** `credentials` are headers of every request, such as `authorization`. */
  constructor(
    readonly baseUrl: string,
    private readonly credentials: OutgoingHttpHeaders,
  ) {}

  post(path: string, body?: Body, headers: OutgoingHttpHeaders = {}): Promise<GatewayResponse> {
    return this.send('POST', path, body, headers);
  }

  get(path: string, headers: OutgoingHttpHeaders = {}): Promise<GatewayResponse> {
    return this.send('GET', path, undefined, headers);
  }

  /** Resolves with the complete response. Rejects if the connection breaks before its end. */
  async send(
    method: string,
    path: string,
    body?: Body,
    headers: OutgoingHttpHeaders = {},
  ): Promise<GatewayResponse> {
    const response = await this.open(method, path, body, headers);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    leakDetector.read(
      `${method} ${path} ${response.statusCode}`,
      `${bytes.toString('utf8')}\n${response.rawHeaders.join('\n')}`,
    );
    return toGatewayResponse(response, bytes);
  }

  /** Resolves when the response has begun, with its chunks so far and the time of each. */
  async stream(path: string, body?: Body, headers: OutgoingHttpHeaders = {}): Promise<GatewayStream> {
    return new GatewayStream(await this.open('POST', path, body, headers));
  }

  close(): void {
    this.agent.destroy();
  }

  private open(
    method: string,
    path: string,
    body: Body,
    headers: OutgoingHttpHeaders,
  ): Promise<IncomingMessage> {
    const payload = toPayload(body);
    leakDetector.sent(payload);
    const framing = payload === undefined ? {} : { 'content-length': payload.length };
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.baseUrl), {
        method,
        agent: this.agent,
        headers: withoutUndefined({ ...framing, ...type, ...this.credentials, ...headers }),
      });
      sent.on('response', resolve).on('error', reject).end(payload);
    });
  }
}

function toPayload(body: Body): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A header that is undefined is not sent, so that a test can omit the credentials or the content type. */
function withoutUndefined(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

function toGatewayResponse({ statusCode, headers }: IncomingMessage, bytes: Buffer): GatewayResponse {
  const text = bytes.toString('utf8');
  const isJson = /[/+]json\b/.test(headers['content-type'] ?? '');
  const body: Json = isJson && text !== '' ? JSON.parse(text) : undefined;
  return { status: statusCode!, headers, bytes, text, body };
}

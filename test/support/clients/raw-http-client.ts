import { connect } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** Sent unchanged and in this order. A name may occur twice, and a value may contain any character. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | string;
}

/** Ends a connection that hangs. */
const HANG_TIMEOUT_MS = 5 * 60_000;

/** Encodes a request that no well-behaved client would send. Header values are Latin-1. */
export function rawRequestBytes(host: string, { method, path, headers = [], body }: RawRequest): Buffer {
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body as Uint8Array);
  const hasHeader = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  const framing: (readonly [string, string])[] = [['Connection', 'close']];
  if (!hasHeader('host')) framing.push(['Host', host]);
  if (body !== undefined && !hasHeader('content-length') && !hasHeader('transfer-encoding')) {
    framing.push(['Content-Length', String(bytes.length)]);
  }
  const lines = [...framing, ...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`, 'latin1'), bytes]);
}

/** Writes bytes to a server and reads one response. Rejects when the connection ends without one. */
export function sendRaw(host: string, port: number, bytes: Uint8Array | string): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const settle = () => {
      socket.destroy();
      const received = Buffer.concat(chunks);
      if (received.length > 0) resolve(parseResponse(received));
      else reject(new Error('the connection ended without a response'));
    };
    const socket = connect(port, host, () => socket.write(bytes));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', settle);
    // A server may respond and close before it has read the whole request.
    socket.on('error', settle);
    socket.setTimeout(HANG_TIMEOUT_MS, settle);
  });
}

function parseResponse(received: Buffer): RawResponse {
  const end = received.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const payload = received.subarray(end + 4);
  const body = headers.get('transfer-encoding') === 'chunked' ? decodeChunked(payload) : payload;
  return { status: Number(statusLine.split(' ')[1]), headers, text: body.toString('utf8') };
}

function decodeChunked(payload: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let offset = 0; ;) {
    const lineEnd = payload.indexOf('\r\n', offset);
    const size = parseInt(payload.subarray(offset, lineEnd).toString('latin1'), 16);
    if (!(size > 0)) return Buffer.concat(chunks);
    chunks.push(payload.subarray(lineEnd + 2, lineEnd + 2 + size));
    offset = lineEnd + 2 + size + 2;
  }
}

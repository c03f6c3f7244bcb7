import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request, or does something worse. The helpers in `scripted-replies.ts` make them. */
export type Reply = (response: ServerResponse, request: RecordedRequest) => void | Promise<void>;

/** An upstream that does exactly what a test says, for what no well-behaved mock would do. */
export class ScriptedUpstream {
  readonly requests: RecordedRequest[] = [];
  /** TCP connections accepted, so that a trap can show that nobody came. */
  connections = 0;
  /** Stays known after {@link stop}, when it refuses connections. */
  port = 0;
  private replies: readonly Reply[];

  private constructor(
    private readonly server: Server,
    replies: readonly Reply[],
  ) {
    this.replies = replies;
  }

  /** The first reply is for the first request and so on; the last one stays for all that follow. */
  static async start(...replies: Reply[]): Promise<ScriptedUpstream> {
    const server = createServer();
    const upstream = new ScriptedUpstream(server, replies);
    server.on('connection', () => (upstream.connections += 1));
    server.on('request', (request, response) => void upstream.answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    upstream.port = (server.address() as AddressInfo).port;
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Forgets what came and starts over with other replies. */
  script(...replies: Reply[]): void {
    this.replies = replies;
    this.requests.length = 0;
    this.connections = 0;
  }

  /** Cuts what hangs and frees the port: later connections are refused. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { method = '', url = '', headers } = request;
    const recorded = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
    const reply = this.replies[Math.min(this.requests.length, this.replies.length - 1)];
    this.requests.push(recorded);
    if (reply) await reply(response, recorded);
    else response.writeHead(500).end('this upstream has no script');
  }
}

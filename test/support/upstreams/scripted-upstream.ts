import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Responds to one request or fails in some way. `scripted-replies.ts` has functions that create replies. */
export type Reply = (response: ServerResponse, request: RecordedRequest) => void | Promise<void>;

/** An upstream that replies exactly as a test scripts it, for behaviour that a mock does not offer. */
export class ScriptedUpstream {
  readonly requests: RecordedRequest[] = [];
  /** The number of accepted TCP connections, to show that nothing connected. */
  connections = 0;
  /** Stays set after {@link stop}, when connections are refused. */
  port = 0;
  private readonly server: Server;
  private replies: readonly Reply[];

  /** Each request gets the next reply; the last reply repeats. */
  constructor(...replies: Reply[]) {
    this.replies = replies;
    this.server = createServer((request, response) => void this.respond(request, response));
    this.server.on('connection', () => (this.connections += 1));
  }

  static async start(...replies: Reply[]): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream(...replies);
    await upstream.listen();
    return upstream;
  }

  /** Listens on a free port of 127.0.0.1. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Clears the recorded requests and connections, and sets other replies. */
  script(...replies: Reply[]): void {
    this.replies = replies;
    this.requests.length = 0;
    this.connections = 0;
  }

  /** Closes all connections and frees the port. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
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

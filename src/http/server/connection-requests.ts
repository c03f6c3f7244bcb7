import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Maximum requests that wait, by connection and in the whole process. */
const MAX_WAITING = { connection: 32, process: 8192 };

/** Counts the requests that wait in the whole process. */
export interface WaitingRequests {
  count: number;
}

/**
 * Serves the pipelined requests of one connection one at a time, so that one read of a socket cannot start hundreds of
 * them. Yields to the event loop between two requests. A connection that sends too many requests ahead is closed.
 */
export class ConnectionRequests {
  /** The responses that the client has not received completely, the one in progress first. */
  private readonly unfinished: ServerResponse[] = [];

  constructor(
    private readonly socket: Socket,
    private readonly waiting: WaitingRequests,
    private readonly serve: (request: IncomingMessage, response: ServerResponse) => void,
  ) {
    // Node also resumes the connection itself.
    socket.on('resume', () => {
      if (this.unfinished.length > 1) socket.pause();
    });
    socket.once('close', () => {
      waiting.count -= Math.max(0, this.unfinished.length - 1);
      this.unfinished.length = 0;
    });
  }

  /** The first response that the client has not received completely, or null. */
  get pendingResponse(): ServerResponse | null {
    return this.unfinished[0] ?? null;
  }

  add(response: ServerResponse): void {
    const { socket, waiting, unfinished } = this;
    const isFull = unfinished.length > MAX_WAITING.connection || waiting.count >= MAX_WAITING.process;
    if (unfinished.length > 0 && isFull) {
      stopParser(socket);
      socket.destroy();
      return;
    }
    unfinished.push(response);
    response.once('close', () => this.finish());
    if (unfinished.length === 1) return this.serve(response.req, response);
    waiting.count += 1;
    // Node resumes the connection synchronously after each request that it parses.
    process.nextTick(() => socket.pause());
  }

  private finish(): void {
    this.unfinished.shift();
    const [next] = this.unfinished;
    if (!next) return;
    this.waiting.count -= 1;
    setImmediate(() => {
      if (this.unfinished[0] !== next) return;
      if (this.unfinished.length === 1) this.socket.resume();
      this.serve(next.req, next);
    });
  }
}

/** A connection of Node's HTTP server. Its parser calls the undocumented `onIncoming` for the head of each request. */
interface ParsedSocket extends Socket {
  readonly parser?: { onIncoming: (request: IncomingMessage) => number } | null;
}

/**
 * Makes Node treat the next request as an upgrade, which stops the parser. Otherwise Node parses the rest of the data that
 * it has read, which may contain 1,600 requests, even though the connection is closed.
 */
function stopParser({ parser }: ParsedSocket): void {
  if (!parser) return;
  parser.onIncoming = (request) => {
    Object.assign(request, { upgrade: true });
    return 2;
  };
}

import type { ServerResponse } from 'node:http';
import { eventually } from '../eventually';
import type { RecordedRequest, Reply } from '../upstreams/scripted-upstream';

const STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };

/** A stream in pieces, each in a packet of its own, and its proper end. */
export function replyStream(
  pieces: readonly (string | Buffer)[],
  headers: Record<string, string> = {},
): Reply {
  return async (response) => {
    response.writeHead(200, { ...STREAM, ...headers });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise(setImmediate);
    }
    response.end();
  };
}

/** A stream that resets the connection after its pieces. */
export function replyBrokenStream(...pieces: readonly string[]): Reply {
  return (response) => {
    response.writeHead(200, STREAM);
    response.write(pieces.join(''), () => response.socket?.resetAndDestroy());
  };
}

/** A reply that the test writes itself, piece by piece. */
export class HeldReply {
  private response: ServerResponse | null = null;
  private isClosed = false;

  readonly reply: Reply = (response) => {
    this.response = response;
    response.on('close', () => (this.isClosed = true));
  };

  /** Whether the upstream's connection has ended. */
  get closed(): boolean {
    return this.isClosed;
  }

  /** Waits for the request. */
  async arrived(): Promise<ServerResponse> {
    return eventually('the request reaches the upstream', () => this.response);
  }

  /** Begins a stream, or writes more of it. */
  async write(piece: string): Promise<void> {
    const response = await this.arrived();
    if (!response.headersSent) response.writeHead(200, STREAM);
    response.write(piece);
  }

  async end(piece = ''): Promise<void> {
    (await this.arrived()).end(piece);
  }

  async untilClosed(): Promise<void> {
    await eventually('the upstream call is aborted', () => this.isClosed);
  }
}

/** The body of a recorded request, parsed. */
export function bodyOf({ body }: RecordedRequest): ReturnType<typeof JSON.parse> {
  return JSON.parse(body);
}

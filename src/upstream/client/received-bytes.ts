import { type Socket } from 'node:net';
import { type buildConnector, type Dispatcher, Pool } from 'undici';
import { upstreamTooLarge } from '../upstream-error';

/** Allowed beyond the body: headers, early hints, chunk sizes, frames of an encoding, trailers. */
const OVERHEAD_BYTES = 64 * 1024;

/**
 * Counts the bytes that the connections of one call receive, and closes the connection beyond the limit. A limit of
 * decoded bytes is not enough, because chunk extensions, early hints, trailers and empty gzip members decode to nothing.
 */
export class ReceivedBytes {
  private readonly sockets: { readonly socket: Socket; readonly before: number }[] = [];
  private readonly limit: number;

  /** `maxBytes` limits the body. */
  constructor(maxBytes: number) {
    this.limit = maxBytes + OVERHEAD_BYTES;
  }

  get total(): number {
    return this.sockets.reduce((sum, { socket, before }) => sum + socket.bytesRead - before, 0);
  }

  /** Creates the dispatcher of one origin, for the option `factory` of an undici agent. */
  readonly createPool = (origin: string | URL, options: object): Dispatcher => {
    const { connect } = options as { connect: buildConnector.connector };
    return new Pool(origin, { ...options, connect: this.limitSockets(connect) });
  };

  private limitSockets(connect: buildConnector.connector): buildConnector.connector {
    return (target, callback) =>
      connect(target, (...[error, socket]) => {
        if (error) return callback(error, null);
        this.watch(socket);
        callback(null, socket);
      });
  }

  private watch(socket: Socket): void {
    // A tunnel through a proxy has already received the proxy's response.
    this.sockets.push({ socket, before: socket.bytesRead });
    // Undici listens to the same event, and its listener runs after this one.
    socket.on('readable', () => {
      if (this.total > this.limit) socket.destroy(upstreamTooLarge());
    });
  }
}

import type { Socket } from 'node:net';
import { type buildConnector, Client, type Dispatcher } from 'undici';
import type { LookupContext } from '../egress/host-resolver';

/** The call of a connection. */
export interface ConnectionUser extends Dispatcher.DispatchHandler {
  /** Limits the lookups in progress. */
  readonly accountId: string;
}

export interface ConnectionSettings {
  readonly maxHeaderBytes: number;
  readonly keepAliveMs: number;
  /** Creates the connector of one connection. */
  readonly createConnector: (context: LookupContext) => buildConnector.connector;
  /** Called when the connection has closed and has no call. */
  readonly onClosed: (connection: PooledConnection) => void;
}

/**
 * A kept-alive connection to one origin, with at most one call at a time. Each connection has its own client of undici
 * instead of undici's pool, so it is opened for a known call, and a call that fails or is aborted ends its own connection
 * and no other.
 */
export class PooledConnection {
  private readonly client: Client;
  private readonly closing = new AbortController();
  private user: ConnectionUser | null = null;
  private socket: Socket | null = null;
  /** Whether the open socket has carried a whole response. */
  private hasServed = false;

  constructor(
    origin: string,
    private readonly settings: ConnectionSettings,
  ) {
    this.client = new Client(origin, {
      pipelining: 1,
      keepAliveTimeout: settings.keepAliveMs,
      keepAliveMaxTimeout: settings.keepAliveMs,
      maxHeaderSize: settings.maxHeaderBytes,
      // Calls have their own deadlines.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (target, callback) => this.connect(target, callback),
    });
    this.client.on('disconnect', () => this.loseSocket());
  }

  /** Whether the other side may have closed the connection between two calls. */
  get isReused(): boolean {
    return this.hasServed;
  }

  dispatch(user: ConnectionUser, options: Dispatcher.DispatchOptions): void {
    this.user = user;
    this.client.dispatch(options, user);
  }

  /**
   * Stops reading until `resumeReading`. What has been read already is still passed on. Undici's own pause would end the
   * process if the upstream closes the connection meanwhile (nodejs/undici#5360), so undici finds nothing to read instead.
   */
  pauseReading(): void {
    if (this.socket) this.socket.read = readNothing;
  }

  /** Must not be called from undici's parser, which may be reading another call's response. */
  resumeReading(): void {
    if (this.allowReading()) this.socket?.emit('readable');
  }

  /** Ends the call. Returns whether the connection can carry another one. */
  release(): boolean {
    this.allowReading();
    this.user = null;
    this.hasServed = true;
    // A response that came before the whole request was sent leaves bytes that would delay the next request.
    return this.socket !== null && !this.socket.destroyed && this.socket.writableLength === 0;
  }

  /** Closes the connection in every phase, also a lookup or a handshake in progress. A call in progress fails. */
  destroy(): void {
    this.user = null;
    this.closing.abort();
    void this.client.destroy();
    this.settings.onClosed(this);
  }

  /** Returns whether reading was paused. */
  private allowReading(): boolean {
    const { socket } = this;
    return socket?.read === readNothing && Reflect.deleteProperty(socket, 'read');
  }

  private connect(target: buildConnector.Options, callback: buildConnector.Callback): void {
    const { user } = this;
    if (!user) return callback(new Error('no call'), null);
    const context = { accountId: user.accountId, signal: this.closing.signal };
    this.settings.createConnector(context)(target, (...[error, socket]) => {
      if (error) return callback(error, null);
      this.socket = socket;
      this.hasServed = false;
      callback(null, socket);
    });
  }

  /** Undici fails a call in progress, or opens another socket if it has sent nothing yet. */
  private loseSocket(): void {
    this.socket = null;
    if (!this.user) this.destroy();
  }
}

function readNothing(): null {
  return null;
}

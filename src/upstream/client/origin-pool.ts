import { type ConnectionSettings, PooledConnection } from './pooled-connection';

/** The connections to one origin, for all accounts. */
export class OriginPool {
  /** The last one that was used comes first, so that the others can reach their keep-alive limit. */
  private readonly idle: PooledConnection[] = [];
  private readonly connections = new Set<PooledConnection>();
  private isRetired = false;
  private isDestroyed = false;
  private readonly settings: ConnectionSettings;

  /** `createdAt` is of the monotonic clock. `onEmpty` runs after the last connection has closed. */
  constructor(
    readonly origin: string,
    readonly createdAt: number,
    settings: Omit<ConnectionSettings, 'onClosed'>,
    private readonly onEmpty: (pool: OriginPool) => void,
  ) {
    this.settings = { ...settings, onClosed: (connection) => this.remove(connection) };
  }

  /** Returns a free connection, or opens one. */
  take(): PooledConnection {
    return this.idle.pop() ?? this.open();
  }

  open(): PooledConnection {
    const connection = new PooledConnection(this.origin, this.settings);
    this.connections.add(connection);
    if (this.isDestroyed) connection.destroy();
    return connection;
  }

  /** Takes a connection back after the end of its call. */
  release(connection: PooledConnection): void {
    const isUsable = connection.release();
    if (isUsable && !this.isRetired) this.idle.push(connection);
    else connection.destroy();
  }

  /** Closes the free connections now, and the others after their calls. */
  retire(): void {
    this.isRetired = true;
    for (const connection of [...this.idle]) connection.destroy();
  }

  /** Closes all connections. Their calls fail, and every later one. */
  destroy(): void {
    this.isDestroyed = true;
    this.isRetired = true;
    for (const connection of [...this.connections]) connection.destroy();
  }

  private remove(connection: PooledConnection): void {
    if (!this.connections.delete(connection)) return;
    const index = this.idle.indexOf(connection);
    if (index >= 0) this.idle.splice(index, 1);
    if (this.connections.size === 0) this.onEmpty(this);
  }
}

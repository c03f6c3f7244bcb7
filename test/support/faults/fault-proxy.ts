import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientPackets } from '../database/mysql-packets';

/**
 * The outcome of one statement. `pass` forwards it. `unsent` resets the connection instead of sending it. In the other
 * cases the server runs it and its response is lost: `reset` resets the connection, `truncated` does so after half of
 * the response, and `stalled` forwards nothing.
 */
export type StatementOutcome = 'pass' | 'unsent' | 'reset' | 'truncated' | 'stalled';

/** Decides the outcome of each statement. `connection` is the number of its connection. */
export type DecideOutcome = (sql: string, connection: number) => StatementOutcome;

/** How the server's bytes travel: without delay, each chunk after a delay, or byte by byte with a delay between them. */
type Delivery =
  { readonly kind: 'immediate' } | { readonly kind: 'delayed' | 'dribbling'; readonly milliseconds: number };

const IMMEDIATE: Delivery = { kind: 'immediate' };

/** A network in front of a MySQL or MariaDB server that fails as a test demands. Works at first. */
export class FaultProxy {
  private readonly links = new Set<Link>();
  private count = 0;
  private port = 0;
  private isBlackhole = false;
  delivery: Delivery = IMMEDIATE;
  decideOutcome: DecideOutcome = () => 'pass';

  private constructor(
    private readonly server: Server,
    readonly target: URL,
  ) {}

  /** Starts a proxy for the server of this database URL. */
  static async start(databaseUrl: string): Promise<FaultProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new FaultProxy(server, new URL(databaseUrl));
    server.on('connection', (client) => proxy.accept(client));
    await proxy.listen();
    proxy.port = (server.address() as { port: number }).port;
    return proxy;
  }

  /** The URL of the database through this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String(this.port);
    return url.href;
  }

  /** Removes every fault, for existing and for new connections. */
  async pass(): Promise<void> {
    this.isBlackhole = false;
    this.delivery = IMMEDIATE;
    this.decideOutcome = () => 'pass';
    if (!this.server.listening) await this.listen();
  }

  /** Resets connections and rejects new ones, like a killed server. */
  async rejectConnections(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.reset();
    await closed;
  }

  /** Resets the open connections. */
  reset(): void {
    for (const link of this.links) link.reset();
  }

  /**
   * Drops everything without closing a connection. Connections open at this time stay lost, as in a firewall that has
   * dropped their state, and the server keeps its side open.
   */
  blackhole(): void {
    this.isBlackhole = true;
    for (const link of this.links) link.lose();
  }

  delay(milliseconds: number): void {
    this.delivery = { kind: 'delayed', milliseconds };
  }

  dribble(milliseconds: number): void {
    this.delivery = { kind: 'dribbling', milliseconds };
  }

  /** Truncates the next response on every connection. */
  truncateResponses(): void {
    this.decideOutcome = () => 'truncated';
  }

  async stop(): Promise<void> {
    for (const link of this.links) link.destroy();
    if (!this.server.listening) return;
    await new Promise((resolve) => this.server.close(resolve));
  }

  private listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
  }

  private accept(client: Socket): void {
    const link = new Link(this, client, (this.count += 1));
    this.links.add(link);
    client.on('close', () => link.isLost || this.links.delete(link));
    if (this.isBlackhole) link.lose();
  }
}

/** One client connection and its connection to the server. */
class Link {
  isLost = false;
  private readonly server: Socket;
  private readonly packets = new ClientPackets();
  private outcome: StatementOutcome = 'pass';
  private delivered: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly proxy: FaultProxy,
    private readonly client: Socket,
    private readonly number: number,
  ) {
    const { hostname, port } = proxy.target;
    this.server = connect({ host: hostname, port: Number(port), noDelay: true });
    client.on('data', (chunk: Buffer) => this.fromClient(chunk));
    this.server.on('data', (chunk: Buffer) => this.fromServer(chunk));
    client.on('error', () => undefined).on('close', () => this.isLost || this.server.destroy());
    this.server.on('error', () => undefined).on('close', () => this.isLost || this.reset());
  }

  lose(): void {
    this.isLost = true;
  }

  reset(): void {
    if (!this.client.destroyed) this.client.resetAndDestroy();
    this.server.destroy();
  }

  destroy(): void {
    this.client.destroy();
    this.server.destroy();
  }

  private fromClient(chunk: Buffer): void {
    if (this.isLost) return;
    for (const { bytes, sql } of this.packets.add(chunk)) {
      this.outcome = sql === null ? 'pass' : this.proxy.decideOutcome(sql, this.number);
      if (this.outcome === 'unsent') return this.reset();
      this.server.write(bytes);
    }
  }

  private fromServer(chunk: Buffer): void {
    if (this.isLost || this.outcome === 'stalled') return;
    if (this.outcome === 'reset') return this.reset();
    if (this.outcome === 'truncated') {
      this.client.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => this.reset());
      return;
    }
    this.delivered = this.delivered.then(() => this.deliver(chunk));
  }

  private async deliver(chunk: Buffer): Promise<void> {
    const { delivery } = this.proxy;
    if (delivery.kind === 'dribbling') {
      for (const byte of chunk) {
        if (this.client.destroyed) return;
        this.client.write(Buffer.of(byte));
        await sleep(delivery.milliseconds, undefined, { ref: false });
      }
      return;
    }
    if (delivery.kind === 'delayed') await sleep(delivery.milliseconds, undefined, { ref: false });
    if (!this.isLost && !this.client.destroyed) this.client.write(chunk);
  }
}

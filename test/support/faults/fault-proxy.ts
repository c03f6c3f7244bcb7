import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientPackets } from '../database/mysql-packets';

/**
 * What becomes of one statement: it goes through; it is `unsent`, the connection reset before it; the server carries it
 * out and its answer is lost, with a reset (`unanswered`), in the middle (`half-answered`) or without a word (`silent`).
 */
export type Fate = 'pass' | 'unsent' | 'unanswered' | 'half-answered' | 'silent';

/** Judges each statement, with the number of its connection. */
export type Judge = (sql: string, connection: number) => Fate;

/** How bytes of the server travel: at once, each chunk after so many milliseconds, or byte by byte so far apart. */
type Pace =
  { readonly kind: 'at once' } | { readonly kind: 'late' | 'dribbling'; readonly milliseconds: number };

const AT_ONCE: Pace = { kind: 'at once' };

/** A network before a MySQL or MariaDB server that does what a test says. Starts as one that works. */
export class FaultProxy {
  private readonly links = new Set<Link>();
  private count = 0;
  private port = 0;
  private isSilent = false;
  pace: Pace = AT_ONCE;
  judge: Judge = () => 'pass';

  private constructor(
    private readonly server: Server,
    readonly target: URL,
  ) {}

  /** Before the server that this database's URL names. */
  static async start(databaseUrl: string): Promise<FaultProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new FaultProxy(server, new URL(databaseUrl));
    server.on('connection', (client) => proxy.accept(client));
    await proxy.listen();
    proxy.port = (server.address() as { port: number }).port;
    return proxy;
  }

  /** The database, through this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String(this.port);
    return url.href;
  }

  /** Everything works, for connections that are made from now on as well. */
  async pass(): Promise<void> {
    this.isSilent = false;
    this.pace = AT_ONCE;
    this.judge = () => 'pass';
    if (!this.server.listening) await this.listen();
  }

  /** Connections are reset, and new ones refused: a server that was killed. */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.reset();
    await closed;
  }

  /** Resets the connections there are. */
  reset(): void {
    for (const link of this.links) link.cut();
  }

  /**
   * Nothing gets through, and nobody is told. Connections of this time are lost for good, as in a firewall that forgot
   * them: the server goes on believing in its side of them.
   */
  blackhole(): void {
    this.isSilent = true;
    for (const link of this.links) link.silence();
  }

  delay(milliseconds: number): void {
    this.pace = { kind: 'late', milliseconds };
  }

  dribble(milliseconds: number): void {
    this.pace = { kind: 'dribbling', milliseconds };
  }

  /** The next answer of every connection breaks off in its middle. */
  cutMidAnswer(): void {
    this.judge = () => 'half-answered';
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
    client.on('close', () => link.isSilent || this.links.delete(link));
    if (this.isSilent) link.silence();
  }
}

/** One connection: the client's, and its own to the server. */
class Link {
  isSilent = false;
  private readonly server: Socket;
  private readonly packets = new ClientPackets();
  private fate: Fate = 'pass';
  private sent: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly proxy: FaultProxy,
    private readonly client: Socket,
    private readonly number: number,
  ) {
    const { hostname, port } = proxy.target;
    this.server = connect({ host: hostname, port: Number(port), noDelay: true });
    client.on('data', (chunk: Buffer) => this.fromClient(chunk));
    this.server.on('data', (chunk: Buffer) => this.fromServer(chunk));
    client.on('error', () => undefined).on('close', () => this.isSilent || this.server.destroy());
    this.server.on('error', () => undefined).on('close', () => this.isSilent || this.cut());
  }

  silence(): void {
    this.isSilent = true;
  }

  cut(): void {
    if (!this.client.destroyed) this.client.resetAndDestroy();
    this.server.destroy();
  }

  destroy(): void {
    this.client.destroy();
    this.server.destroy();
  }

  private fromClient(chunk: Buffer): void {
    if (this.isSilent) return;
    for (const { bytes, sql } of this.packets.add(chunk)) {
      this.fate = sql === null ? 'pass' : this.proxy.judge(sql, this.number);
      if (this.fate === 'unsent') return this.cut();
      this.server.write(bytes);
    }
  }

  private fromServer(chunk: Buffer): void {
    if (this.isSilent || this.fate === 'silent') return;
    if (this.fate === 'unanswered') return this.cut();
    if (this.fate === 'half-answered') {
      this.client.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => this.cut());
      return;
    }
    this.sent = this.sent.then(() => this.deliver(chunk));
  }

  private async deliver(chunk: Buffer): Promise<void> {
    const { pace } = this.proxy;
    if (pace.kind === 'dribbling') {
      for (const byte of chunk) {
        if (this.client.destroyed) return;
        this.client.write(Buffer.of(byte));
        await sleep(pace.milliseconds, undefined, { ref: false });
      }
      return;
    }
    if (pace.kind === 'late') await sleep(pace.milliseconds, undefined, { ref: false });
    if (!this.isSilent && !this.client.destroyed) this.client.write(chunk);
  }
}

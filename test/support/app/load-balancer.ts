import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * One address for several servers, as HAProxy or ProxySQL before a cluster: a new connection goes to the first that
 * takes it, in an order that begins with one's own. Connections that there are stay where they are.
 */
export class Balancer {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly ports: readonly number[],
  ) {}

  static async start(ports: readonly number[]): Promise<Balancer> {
    const server = createServer({ noDelay: true });
    const balancer = new Balancer(server, ports);
    server.on('connection', (client) => balancer.join(client, 0));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, index: number): void {
    const port = this.ports[index];
    if (port === undefined) {
      client.destroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port, noDelay: true });
    const next = (): void => this.join(client, index + 1);
    server.once('error', next);
    server.once('connect', () => {
      server.off('error', next);
      this.link(client, server);
    });
  }

  private link(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}

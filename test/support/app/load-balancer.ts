import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * One address for several servers, like HAProxy or ProxySQL in front of a cluster. A new connection goes to the first
 * server in the list that accepts it. Established connections stay where they are.
 */
export class LoadBalancer {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly ports: readonly number[],
  ) {}

  static async start(ports: readonly number[]): Promise<LoadBalancer> {
    const server = createServer({ noDelay: true });
    const balancer = new LoadBalancer(server, ports);
    server.on('connection', (client) => balancer.forward(client, 0));
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

  private forward(client: Socket, index: number): void {
    const port = this.ports[index];
    if (port === undefined) {
      client.destroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port, noDelay: true });
    const tryNext = (): void => this.forward(client, index + 1);
    server.once('error', tryNext);
    server.once('connect', () => {
      server.off('error', tryNext);
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

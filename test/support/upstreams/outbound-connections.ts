import { Socket } from 'node:net';
import type { TestApp } from '../app/app';

/**
 * Records the connections that this process opens, as `host:port`, without those to the service and its database.
 * Unlike a listener, it also sees addresses without one. Ends with `jest.restoreAllMocks()`.
 */
export function recordConnections(app: TestApp): string[] {
  const connections: string[] = [];
  const ownPorts = [app.url, app.database.env.DATABASE_URL].map((url) => url.match(/:(\d+)(\/|$)/)?.[1]);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const connect = Socket.prototype.connect as (...options: unknown[]) => Socket;
  jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...options: unknown[]) {
    const [{ host, port }] = [options[0]].flat(2) as [{ host?: string; port?: number | string }];
    if (!ownPorts.includes(String(port))) connections.push(`${host}:${port}`);
    return connect.apply(this, options);
  });
  return connections;
}

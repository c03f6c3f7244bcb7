import { Socket } from 'node:net';
import type { TestApp } from '../app/app';

/**
 * Where this process opens connections to, as `host:port`, without those to the service itself and to its database.
 * It sees what a trap cannot: addresses that nothing here listens on. Ends with `jest.restoreAllMocks()`.
 */
export function recordDials(app: TestApp): string[] {
  const dials: string[] = [];
  const expected = [app.url, app.database.env.DATABASE_URL].map((url) => url.match(/:(\d+)(\/|$)/)?.[1]);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const connect = Socket.prototype.connect as (...options: unknown[]) => Socket;
  jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...options: unknown[]) {
    const [{ host, port }] = [options[0]].flat(2) as [{ host?: string; port?: number | string }];
    if (!expected.includes(String(port))) dials.push(`${host}:${port}`);
    return connect.apply(this, options);
  });
  return dials;
}

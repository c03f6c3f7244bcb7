import { createServer } from 'node:net';

/** Below the range that the system takes the ports of outgoing connections from, so none of them can take this one. */
const FIRST_PORT = 20_000;
const PORT_COUNT = 12_000;

/** A TCP port of 127.0.0.1 without a listener, chosen at random so that concurrent callers get different ones. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

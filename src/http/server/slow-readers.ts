import type { FastifyInstance } from 'fastify';
import type { WatchedResponse } from './gateway-route';
import type { OpenConnections } from './open-connections';

/** How long a client may read nothing of a response that waits for it, in milliseconds. */
const NO_PROGRESS_MS = 30_000;

/**
 * Closes connections whose client does not read its response, because the response stays in memory until then. Node's
 * own timeout of a socket would also end a response that is still being computed. Gateway routes have a rule of their own.
 */
export function closeSlowReaders(
  fastify: FastifyInstance,
  connections: OpenConnections,
  noProgressMs = NO_PROGRESS_MS,
): void {
  const sweep = (): void => {
    for (const socket of connections) {
      const response: WatchedResponse | null = connections.pendingResponse(socket);
      if (response?.isWatched) continue;
      // Node sets timeouts of its own between responses.
      const isWatched = socket.timeout === noProgressMs;
      const isWaiting = socket.writableLength > 0;
      // Node postpones the timeout while the system accepts more bytes.
      if (isWaiting && !isWatched) socket.setTimeout(noProgressMs);
      else if (isWatched && !isWaiting) socket.setTimeout(0);
    }
  };
  const timer = setInterval(sweep, noProgressMs / 6).unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
}

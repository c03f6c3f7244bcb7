import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Errors of an address that this machine does not have, such as ::1 without IPv6. */
const NO_ADDRESS: readonly unknown[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/**
 * Accepts connections on additional addresses and passes them to the one HTTP server, so that its limits and deadlines
 * apply to all of them. Fastify would start another server for each address. Create it before the server listens.
 */
export class AdditionalListeners {
  private readonly listeners: Server[] = [];

  constructor(private readonly fastify: FastifyInstance) {
    let closed: Promise<unknown> = Promise.resolve();
    fastify.addHook('preClose', (done) => {
      closed = Promise.all(this.listeners.map((listener) => once(listener.close(), 'close')));
      done();
    });
    fastify.addHook('onClose', async () => {
      await closed;
    });
  }

  /** Listens on the port of the server. Skips an address that this machine does not have. */
  async listen(host: string): Promise<void> {
    const { server } = this.fastify;
    const { port } = server.address() as AddressInfo;
    // The options of Node's HTTP server.
    const options = { allowHalfOpen: true, noDelay: true };
    const listener = createServer(options, (socket) => void server.emit('connection', socket));
    listener.listen(port, host);
    try {
      await once(listener, 'listening');
      this.listeners.push(listener);
    } catch (error) {
      if (!NO_ADDRESS.includes((error as NodeJS.ErrnoException).code)) throw error;
    }
  }
}

import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type buildConnector, Pool } from 'undici';
import { checkBeforeProxy } from '../egress/check-before-proxy';
import { getPort, normaliseHost } from '../egress/destination';
import { type EgressPolicy } from '../egress/egress-policy';
import { type ConnectorOptions } from '../egress/guarded-connector';
import { type LookupContext } from '../egress/host-resolver';
import { translateTransportFailure, upstreamUnreachable } from '../upstream-error';

/** Connects to upstreams through EGRESS_PROXY. Checks the destination before each connection. */
export class ProxyTunnels {
  private readonly proxy: Pool;
  private readonly credentials: Record<string, string>;

  constructor(
    private readonly policy: EgressPolicy,
    private readonly options: ConnectorOptions,
    url: URL,
  ) {
    this.credentials = readCredentials(url);
    this.proxy = new Pool(url.origin, {
      connect: {
        timeout: options.connectTimeoutMs,
        rejectUnauthorized: true,
        ca: options.certificateAuthorities,
      },
    });
  }

  /** Returns a connector for undici. The signal of the context closes the connection. */
  createConnector(context: LookupContext): buildConnector.connector {
    return (target, callback) => {
      this.connect(target, context).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(translateTransportFailure(error), null),
      );
    };
  }

  destroy(): Promise<void> {
    return this.proxy.destroy();
  }

  private async connect(target: buildConnector.Options, context: LookupContext): Promise<Socket> {
    const destination = { host: normaliseHost(target.hostname), port: getPort(target) };
    await checkBeforeProxy(destination, this.policy, this.options, context);
    const limit = AbortSignal.timeout(this.options.connectTimeoutMs);
    const signal = AbortSignal.any([context.signal, limit]);
    const authority = `${isIP(destination.host) === 6 ? `[${destination.host}]` : destination.host}:${destination.port}`;
    const tunnel = await this.proxy.connect({
      path: authority,
      headers: { host: authority, ...this.credentials },
      signal,
    });
    const socket = tunnel.socket as Socket;
    context.signal.addEventListener('abort', () => socket.destroy(), { once: true });
    if (context.signal.aborted || tunnel.statusCode !== 200) {
      socket.on('error', () => undefined).destroy();
      throw upstreamUnreachable();
    }
    socket.setNoDelay(true);
    return target.protocol === 'https:' ? this.encrypt(socket, destination.host, signal) : socket;
  }

  private encrypt(socket: Socket, host: string, signal: AbortSignal): Promise<Socket> {
    const secure = connectTls({
      socket,
      host,
      servername: isIP(host) ? '' : host,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: true,
      ca: this.options.certificateAuthorities,
    });
    return new Promise((resolve, reject) => {
      const stop = () => secure.destroy(new Error('connect timeout'));
      signal.addEventListener('abort', stop, { once: true });
      secure.once('secureConnect', () => {
        signal.removeEventListener('abort', stop);
        resolve(secure);
      });
      secure.on('error', reject);
      secure.once('close', () => reject(new Error('closed')));
    });
  }
}

function readCredentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` };
}

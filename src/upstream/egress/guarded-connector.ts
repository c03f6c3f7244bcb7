import { isIP, type LookupFunction, connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { type buildConnector } from 'undici';
import { translateTransportFailure, upstreamUnreachable } from '../upstream-error';
import { getPort, normaliseHost } from './destination';
import { type EgressPolicy } from './egress-policy';
import {
  checkAddresses,
  type LookupContext,
  resolveForCall,
  type ResolvedAddress,
  type ResolveHost,
} from './host-resolver';

export interface ConnectorOptions {
  readonly resolve: ResolveHost;
  /** Milliseconds for each DNS lookup. */
  readonly resolveTimeoutMs: number;
  /** Milliseconds for the TCP connection and the TLS handshake together. */
  readonly connectTimeoutMs: number;
  /** PEM. Replaces the system's certificate authorities. */
  readonly certificateAuthorities?: string;
}

/** Milliseconds before the next of several addresses is tried in parallel (RFC 8305). */
const ATTEMPT_TIMEOUT_MS = 500;

/**
 * Creates an undici connector that resolves the name, checks the addresses and connects. A check in `lookup` alone
 * would miss literal addresses, which Node never looks up. The connection uses only checked addresses, so a DNS
 * response that changes between check and connection has no effect. The signal of the context ends the attempt and closes
 * its socket.
 */
export function createGuardedConnector(
  policy: EgressPolicy,
  options: ConnectorOptions,
  context: LookupContext,
): buildConnector.connector {
  return (target, callback) => {
    resolveAndConnect(target, policy, options, context).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

async function resolveAndConnect(
  target: buildConnector.Options,
  policy: EgressPolicy,
  options: ConnectorOptions,
  context: LookupContext,
): Promise<Socket> {
  const { resolve, resolveTimeoutMs } = options;
  const { signal } = context;
  const host = normaliseHost(target.hostname);
  const port = getPort(target);
  const resolved = await resolveForCall({ host, port }, policy, resolve, resolveTimeoutMs, context).catch(
    (error: unknown) => error as Error,
  );
  const connectStarted = performance.now();
  try {
    if (resolved instanceof Error) throw resolved;
    checkAddresses(resolved, { host, port }, policy);
    signal.throwIfAborted();
    const socket = await openSocket(target, resolved.addresses, options, signal);
    try {
      if (socket.remoteAddress === undefined) throw upstreamUnreachable(new Error('closed'));
      policy.checkAddress(socket.remoteAddress, port, host);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return socket;
  } catch (error) {
    if (!policy.hidesDeniedNames || isIP(host)) throw translateTransportFailure(error);
    // Every failure takes the full connect timeout, so that timing does not reveal which names are denied.
    await pause(options.connectTimeoutMs - (performance.now() - connectStarted));
    throw upstreamUnreachable(error);
  }
}

/** Waits without keeping the process alive. */
export async function pause(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { ref: false });
}

function openSocket(
  target: buildConnector.Options,
  addresses: readonly ResolvedAddress[],
  options: ConnectorOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const host = normaliseHost(target.hostname);
  const isSecure = target.protocol === 'https:';
  const destination = {
    host,
    port: getPort(target),
    lookup: createPinnedLookup(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT_MS,
  };
  const socket = isSecure
    ? connectTls({
        ...destination,
        // SNI must not contain a literal address (RFC 6066 section 3). TLS then verifies the certificate for `host`.
        servername: isIP(host) ? '' : host,
        ALPNProtocols: ['http/1.1'],
        // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot disable it.
        rejectUnauthorized: true,
        ca: options.certificateAuthorities,
      })
    : connectTcp(destination);
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error('connect timeout')), options.connectTimeoutMs);
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.on('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error('closed'));
    });
  });
}

function createPinnedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
  };
}

import { isIP, type LookupFunction, connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { type buildConnector } from 'undici';
import { translateTransportFailure, upstreamUnreachable } from '../upstream-error';
import { type EgressPolicy, hostOf, portOf } from './egress-policy';
import { checkAddresses, resolveForCall, type ResolvedAddress, type ResolveHost } from './host-resolver';

export interface ConnectorOptions {
  readonly resolve: ResolveHost;
  /** Milliseconds for each DNS look-up. */
  readonly resolveTimeoutMs: number;
  /** Milliseconds for dialling and TLS together. */
  readonly connectTimeoutMs: number;
  /** PEM; replaces the system's certificate authorities. */
  readonly certificateAuthorities?: string;
}

/** How long one of several addresses may take before the next is tried beside it (RFC 8305). */
const ATTEMPT_TIMEOUT_MS = 500;

/**
 * A connector for undici that resolves, judges and dials by itself. A guard in `lookup` alone would be
 * walked round by literals, which are never looked up. The dial is pinned to addresses that were judged, so
 * that an answer which flips between check and connect changes nothing.
 */
export function guardedConnector(policy: EgressPolicy, options: ConnectorOptions): buildConnector.connector {
  return (target, callback) => {
    resolveAndConnect(target, policy, options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

async function resolveAndConnect(
  target: buildConnector.Options,
  policy: EgressPolicy,
  options: ConnectorOptions,
): Promise<Socket> {
  const host = hostOf(target.hostname);
  const port = portOf(target);
  const resolved = await resolveForCall(host, port, policy, options.resolve, options.resolveTimeoutMs).catch(
    (error: unknown) => error as Error,
  );
  const connectStarted = performance.now();
  try {
    if (resolved instanceof Error) throw resolved;
    checkAddresses(resolved, host, port, policy);
    const socket = await openSocket(host, port, target.protocol === 'https:', resolved.addresses, options);
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
    // Denied, refused and filtered then take as long as each other: the longest that dialling may take.
    await pause(options.connectTimeoutMs - (performance.now() - connectStarted));
    throw upstreamUnreachable(error);
  }
}

/** Waits without keeping the process alive. */
export async function pause(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { ref: false });
}

function openSocket(
  host: string,
  port: number,
  isSecure: boolean,
  addresses: readonly ResolvedAddress[],
  options: ConnectorOptions,
): Promise<Socket> {
  const destination = {
    host,
    port,
    lookup: pinnedLookup(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT_MS,
  };
  const socket = isSecure
    ? connectTls({
        ...destination,
        // RFC 6066 section 3: no literals in SNI. The certificate is then checked against `host`.
        servername: isIP(host) ? '' : host,
        ALPNProtocols: ['http/1.1'],
        // Explicit, or NODE_TLS_REJECT_UNAUTHORIZED in the environment would decide.
        rejectUnauthorized: true,
        ca: options.certificateAuthorities,
      })
    : connectTcp(destination);
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error('connect timeout')), options.connectTimeoutMs);
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

function pinnedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
  };
}

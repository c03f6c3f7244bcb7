import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { OpenConnections } from './open-connections';

/** Files that the process needs for everything except connections of clients. */
const OTHER_FILES = 64;

/** Minimum time between two log lines about the limit, in milliseconds. */
const REPORT_INTERVAL_MS = 60_000;

/** Returns the files that this process may open, or Infinity if the system does not report it. */
function openFileLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** Returns the number of connections that the process has files for, at most `maximum`. */
export function availableConnections(maximum: number, fileLimit = openFileLimit()): number {
  return Math.max(1, Math.min(maximum, fileLimit - OTHER_FILES));
}

/**
 * Keeps the number of connections at `maximum`, on all addresses together. A new connection closes the one that has
 * waited the longest for its client. If none waits, the new connection is closed. Call it after
 * {@link OpenConnections.attach}.
 */
export function limitConnections(
  fastify: FastifyInstance,
  connections: OpenConnections,
  maximum: number,
  warn: (text: string) => void,
): void {
  let reportedAt = -Infinity;
  const report = (): void => {
    if (performance.now() - reportedAt < REPORT_INTERVAL_MS) return;
    reportedAt = performance.now();
    warn(
      `All ${maximum} connections are in use (MAX_CONNECTIONS). New ones replace those that wait for their client.`,
    );
  };
  const findWaiting = (socket: Socket): Socket | undefined => {
    for (const other of connections)
      if (other !== socket && !other.destroyed && !connections.isWorking(other)) return other;
    return undefined;
  };
  fastify.server.on('connection', (socket: Socket) => {
    if (connections.size <= maximum) return;
    report();
    (findWaiting(socket) ?? socket).destroy();
  });
}

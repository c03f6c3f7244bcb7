import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '../config/config';
import { ConnectionDrain } from '../health/connection-drain';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

const exitNow = (): never => process.exit(0);

/**
 * Exits on a signal until {@link shutDownOnSignal} takes over. As process 1 of a container, Node ignores signals without
 * a handler, and a start may wait minutes for the migration of another replica.
 */
export function exitOnSignal(): void {
  for (const signal of SIGNALS) process.on(signal, exitNow);
}

/**
 * Shuts down on SIGTERM: reports not ready, serves for the delay so that load balancers notice, closes the listener,
 * lets requests in flight finish, and exits with 0. SIGINT, from a terminal, skips the delay. A second signal exits
 * immediately.
 */
export function shutDownOnSignal(app: NestFastifyApplication, config: AppConfig): void {
  let hasBegun = false;
  const shutDown = async (signal: string, delaySeconds: number): Promise<void> => {
    if (hasBegun) process.exit(1);
    hasBegun = true;
    new Logger('Shutdown').log(`Received ${signal}. Caret is shutting down.`);
    app.get(ConnectionDrain).begin();
    await sleep(delaySeconds * 1000);
    // After the grace period, a supervisor would kill the process anyway.
    setTimeout(() => process.exit(1), config.shutdownGraceSeconds * 1000).unref();
    await app.close();
    process.exit(0);
  };
  for (const signal of SIGNALS) process.off(signal, exitNow);
  process.on('SIGTERM', () => void shutDown('SIGTERM', config.shutdownDelaySeconds));
  process.on('SIGINT', () => void shutDown('SIGINT', 0));
}

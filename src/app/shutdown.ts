import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '../config/config';
import { ConnectionDrain } from '../health/connection-drain';

/**
 * SIGTERM: not ready from now on, still serving while load balancers notice, then no new connections; requests in
 * flight finish, and the process ends with 0. SIGINT, from a terminal, skips the wait. A second signal ends it at once.
 */
export function shutDownOnSignal(app: NestFastifyApplication, config: AppConfig): void {
  let begun = false;
  const shutDown = async (delaySeconds: number): Promise<void> => {
    if (begun) process.exit(1);
    begun = true;
    app.get(ConnectionDrain).begin();
    await sleep(delaySeconds * 1000);
    // Cut off what takes longer than the grace: the supervisor would kill the process anyway.
    setTimeout(() => process.exit(1), config.shutdownGraceSeconds * 1000).unref();
    await app.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void shutDown(config.shutdownDelaySeconds));
  process.on('SIGINT', () => void shutDown(0));
}

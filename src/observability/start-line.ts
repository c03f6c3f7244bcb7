import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { VERSION } from '../common/version';

/** Logs one line for a start that succeeded: the version, the Node release, the engine and the address. */
export function logStart(app: NestFastifyApplication, logger: Logger, database: string): void {
  const { address, port } = app.getHttpServer().address() as AddressInfo;
  logger.info({ version: VERSION, node: process.version, database, address, port }, 'started');
}

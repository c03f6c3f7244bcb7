import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.setup';
import { ConfigError, loadConfig } from './config/config';
import { processEnvironment } from './config/environment';
import { KeyRingError } from './crypto/crypto.errors';
import { DatabaseInUseError } from './database/process-lock';
import { startFailure } from './start-failure';

async function main(): Promise<void> {
  const config = loadConfig(processEnvironment());
  const app: NestFastifyApplication = await createApp(config, { onFatal: fail });
  await app.listen(config.port, config.host);
  process.stdout.write(`Caret is listening on ${await app.getUrl()} (API description at /docs)\n`);
}

/** The cause on one line, by allow-list: a driver's error may hold a password. */
function fail(error: unknown): never {
  const own = [ConfigError, KeyRingError, DatabaseInUseError].some((type) => error instanceof type);
  process.stderr.write(`Caret did not start. ${own ? (error as Error).message : startFailure(error)}\n`);
  process.exit(1);
}

main().catch(fail);

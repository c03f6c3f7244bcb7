import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import type { AnnounceToken } from '../accounts/bootstrap.service';
import type { AppConfig } from '../config/config';
import { loadKeyRing } from '../crypto/load-key-ring';
import { DatabaseService } from '../database/database.service';
import { lockDatabaseFile } from '../database/process-lock';
import { ConnectionDrain } from '../health/connection-drain';
import { createFastifyAdapter } from '../http/server/fastify-adapter';
import { logRequests } from '../observability/access-log';
import { describeError } from '../observability/describe-error';
import { createLogger, NestLogger } from '../observability/logger';
import { RequestMetrics } from '../observability/request.metrics';
import { logStart } from '../observability/start-line';
import { AppModule, type AppParts } from './app.module';
import { serveOpenApi } from './openapi-document';

export interface AppOptions {
  /** Where log lines go; default is standard output. */
  readonly logStream?: DestinationStream;
  /** Shows the first token to the operator; default is standard output. */
  readonly announceToken?: AnnounceToken;
  /** Hears of what ends the start after `createApp` has resolved: the database came back, with wrong keys, say. */
  readonly onFatal?: (error: unknown) => void;
}

/**
 * The whole application, ready to listen: lock, keys, database, migrations, first account. Shared by `main.ts` and
 * the tests. Throws KeyRingError, DatabaseInUseError or a driver's error where starting makes no sense.
 */
export async function createApp(
  config: AppConfig,
  options: AppOptions = {},
): Promise<NestFastifyApplication> {
  const logger = createLogger({ level: config.logLevel, stream: options.logStream });
  const onFatal =
    options.onFatal ?? ((error) => logger.fatal({ error: describeError(error) }, 'start failed'));
  const logInfo = (text: string): void => logger.info(text);
  return withParts(config, logInfo, options.announceToken ?? printToken, async (parts) => {
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.forRoot(parts),
      createFastifyAdapter(config.trustProxy),
      { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
    );
    try {
      const metrics = app.get(RequestMetrics);
      logRequests(app, logger, (route) => metrics.observerOf(route));
      logStart(app, logger, config.database.kind);
      app.get(ConnectionDrain).attach(app.getHttpAdapter().getInstance());
      serveOpenApi(app);
      await app.init();
      await app.get(DatabaseService).start(onFatal);
      return app;
    } catch (error) {
      await app.close();
      throw error;
    }
  });
}

/**
 * Takes hold of an embedded database and finds the keys, then makes something of them. What is made gives the
 * database up when it closes; should making it fail, the hold is given up here.
 */
export async function withParts<T>(
  config: AppConfig,
  logInfo: (text: string) => void,
  announceToken: AnnounceToken,
  build: (parts: AppParts) => Promise<T>,
): Promise<T> {
  const { database } = config;
  const releaseDatabase = database.kind === 'sqlite' ? lockDatabaseFile(database.file) : () => undefined;
  try {
    const keyRing = await findKeys(config, logInfo);
    return await build({ config, keyRing, releaseDatabase, announceToken });
  } catch (error) {
    releaseDatabase();
    throw error;
  }
}

async function findKeys(config: AppConfig, logInfo: (text: string) => void): Promise<AppParts['keyRing']> {
  const { database } = config;
  const defaultKeyFile = join(config.dataDir, 'encryption.keys');
  const { ring, created } = await loadKeyRing({
    inlineKeys: config.encryptionKeys,
    keyFile: config.encryptionKeysFile,
    defaultKeyFile,
    embedded: database.kind === 'sqlite',
    isDatabaseEmpty: async () => database.kind === 'sqlite' && (await isEmptyFile(database.file)),
  });
  if (created) {
    logInfo(`Made an encryption key in ${defaultKeyFile}. Keep a copy: without it no stored API key opens.`);
  }
  return ring;
}

async function isEmptyFile(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found === null || found.size === 0;
}

/** To the terminal, and not into the log on standard output, which is JSON and may be kept. */
function printToken(token: string): void {
  process.stderr.write(`\nFirst start. The admin token, shown this once:\n\n  ${token}\n\n`);
}

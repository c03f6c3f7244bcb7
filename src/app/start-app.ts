import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import type { AnnounceToken } from '../accounts/bootstrap.service';
import { DenialAuditService } from '../audit/denial-audit.service';
import { BearerAuthentication } from '../auth/bearer-authentication';
import type { AppConfig } from '../config/config';
import { exposureWarnings } from '../config/exposure-warnings';
import { DatabaseService } from '../database/database.service';
import { GatewayServer } from '../gateway/http/gateway-server';
import { ConnectionDrain } from '../health/connection-drain';
import { availableConnections, limitConnections } from '../http/server/connection-limit';
import { createFastifyAdapter } from '../http/server/fastify-adapter';
import { OpenConnections } from '../http/server/open-connections';
import { closeSlowReaders } from '../http/server/slow-readers';
import { logRequests } from '../observability/access-log';
import { describeError } from '../observability/describe-error';
import { createLogger, NestLogger } from '../observability/logger';
import { RequestMetrics } from '../observability/request.metrics';
import { logStart } from '../observability/start-line';
import { UsageLedger } from '../usage/usage-ledger';
import { serveApiDescription } from './api-description';
import { withParts } from './app-parts';
import { AppModule } from './app.module';
import { listen } from './listen';

export interface AppOptions {
  /** Receives the log lines. Default: standard output. */
  readonly logStream?: DestinationStream;
  /** Shows the first token to the operator. Default: standard error. */
  readonly announceToken?: AnnounceToken;
  /** Called if the start fails after {@link startApp} has resolved, for example for keys of another database. */
  readonly onFatal?: (error: unknown) => void;
}

/**
 * Starts the whole application, for `main.ts` and the tests: lock, keys, port, database, migrations, first account.
 * Takes the port before it creates anything. Until the database is ready, requests get 503. Throws StartupError or a
 * driver's error if the start cannot succeed.
 */
export async function startApp(config: AppConfig, options: AppOptions = {}): Promise<NestFastifyApplication> {
  const logger = createLogger({ level: config.logLevel, stream: options.logStream });
  for (const { variable, text } of [...config.warnings, ...exposureWarnings(config)])
    logger.warn({ variable }, text);
  const maxConnections = availableConnections(config.maxConnections);
  if (maxConnections < config.maxConnections) {
    const text = `MAX_CONNECTIONS is ${maxConnections}, because this process may open few files (ulimit -n).`;
    logger.warn({ variable: 'MAX_CONNECTIONS' }, text);
  }
  const onFatal =
    options.onFatal ?? ((error) => logger.fatal({ error: describeError(error) }, 'start failed'));
  const logInfo = (text: string): void => logger.info(text);
  return withParts(config, logInfo, options.announceToken ?? printToken, async (parts, saveNewKey) => {
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.forRoot(parts),
      createFastifyAdapter(config),
      { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
    );
    try {
      const metrics = app.get(RequestMetrics);
      const fastify = app.getHttpAdapter().getInstance();
      app.get(GatewayServer).attach(fastify, logger);
      logRequests(app, logger, (route) => metrics.observerOf(route));
      const connections = app.get(OpenConnections);
      connections.attach(fastify);
      closeSlowReaders(fastify, connections);
      limitConnections(fastify, connections, maxConnections, (text) => logger.warn(text));
      app.get(ConnectionDrain).attach(fastify);
      app.get(BearerAuthentication).attach(fastify);
      app.get(DenialAuditService).attach(fastify);
      serveApiDescription(app);
      await listen(app, config);
      await saveNewKey();
      await app.get(UsageLedger).start();
      await app.get(DatabaseService).start(onFatal);
      logStart(app, logger, config.database.kind);
      return app;
    } catch (error) {
      await app.close();
      throw error;
    }
  });
}

/** Writes to standard error, because standard output is the log, which is JSON and may be stored. */
function printToken(token: string, file: string | null): void {
  const place = file ? `, and in ${file} until its first use` : '';
  process.stderr.write(`\nFirst start. The admin token, shown once here${place}:\n\n  ${token}\n\n`);
}

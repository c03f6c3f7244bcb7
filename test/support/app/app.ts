import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startApp } from '../../../src/app/start-app';
import { loadConfig } from '../../../src/config/config';
import { MetricsRegistry } from '../../../src/observability/metrics-registry';
import { ApiClient } from '../clients/api-client';
import { createTestDatabase, type TestDatabase } from '../database/database';
import { OpenApiContract } from '../openapi/openapi-contract';
import type { OpenApiDocument } from '../openapi/openapi-document';
import { leakDetector } from '../secrets/leak-detector';

export interface TestAppOptions {
  /** Overrides the default environment and adds to it. */
  readonly env?: Record<string, string>;
  /** An existing database, for a second replica or a restart. The caller drops it. */
  readonly database?: TestDatabase;
}

/** The whole service, listening on a free port of 127.0.0.1. */
export interface TestApp {
  readonly url: string;
  /** The environment that it was configured with. */
  readonly env: Readonly<Record<string, string>>;
  /** The first account's token with every scope. */
  readonly adminToken: string;
  /** Sends {@link adminToken} and validates every response against the service's own OpenAPI document. */
  readonly api: ApiClient;
  readonly database: TestDatabase;
  readonly app: NestFastifyApplication;
  /** The log so far. */
  logs(): string;
  clientFor(token?: string): ApiClient;
  /** Closes the service, searches its log and data for API keys, and drops the database created for it. */
  stop(): Promise<void>;
}

/** Starts a replica or restarts a service with `startTestApp({ database: first.database, env: first.env })`. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await createTestDatabase());
  const dropDatabase = () => (options.database ? Promise.resolve() : database.drop());
  const env = { ...database.env, ...defaultEnvironment(), ...options.env };
  const log = captureLog();
  try {
    const app = await startApp(loadConfig(env), { logStream: log.stream });
    const url = await app.getUrl();
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument;
    const api = new ApiClient(url, env.BOOTSTRAP_TOKEN, new OpenApiContract(document));
    return {
      url,
      env,
      adminToken: env.BOOTSTRAP_TOKEN,
      api,
      database,
      app,
      logs: log.text,
      clientFor: (token) => api.as(token),
      async stop() {
        leakDetector.read('metrics', await app.get(MetricsRegistry).text());
        await app.close();
        leakDetector.read('log', log.text());
        try {
          leakDetector.read('rows', await database.dump());
          leakDetector.read('files', await database.bytes());
        } finally {
          await dropDatabase();
        }
        leakDetector.assertNone();
      },
    };
  } catch (error) {
    await dropDatabase();
    throw error;
  }
}

function defaultEnvironment() {
  return {
    BOOTSTRAP_TOKEN: randomBytes(24).toString('hex'),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    EGRESS_MODE: 'local',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'info',
  };
}

function captureLog() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

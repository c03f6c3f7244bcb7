import { createTestDatabase, type TestDatabase } from '../database/database';
import { FaultProxy } from '../faults/fault-proxy';
import { startTestApp, type TestApp } from './app';

/** An application whose statements pass a {@link FaultProxy}, and its database without the proxy. */
export interface ProxiedApp {
  readonly app: TestApp;
  readonly proxy: FaultProxy;
  readonly database: TestDatabase;
  stop(): Promise<void>;
}

/** Starts an application that polls too rarely for a statement of the poll to occur. */
export async function startProxiedApp(): Promise<ProxiedApp> {
  const database = await createTestDatabase();
  const proxy = await FaultProxy.start(database.env.DATABASE_URL);
  const app = await startTestApp({
    database,
    env: { DATABASE_URL: proxy.url, REGISTRY_POLL_MS: '60000' },
  });
  return {
    app,
    proxy,
    database,
    async stop() {
      // First, because the pool would wait for connections that never respond.
      await proxy.stop();
      await app.app.close();
      await database.drop();
    },
  };
}

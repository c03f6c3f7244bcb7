import type { ApiClient } from '../clients/api-client';
import { engine } from '../database/database';
import { envOfReplica } from '../database/database-nodes';
import { startTestApp, type TestApp } from './app';

/** The largest deployment for a database: two replicas on a server, one process on the embedded database. */
export interface Replicas {
  readonly first: TestApp;
  /** Returns the client of each replica in turn. */
  readonly api: () => ApiClient;
  stop(): Promise<void>;
}

/** `env` adds to the environment of each replica. */
export async function startReplicas(env: Record<string, string> = {}): Promise<Replicas> {
  const first = await startTestApp({ env });
  const apps = [first];
  if (engine === 'mariadb') {
    const envOfSecond = { ...first.env, ...envOfReplica(first.database.env, 1) };
    apps.push(await startTestApp({ database: first.database, env: envOfSecond }));
  }
  const clients = apps.map(({ api }) => api);
  let turn = 0;
  return {
    first,
    api: () => clients[turn++ % clients.length]!,
    async stop() {
      for (const app of apps.reverse()) await app.stop();
    },
  };
}

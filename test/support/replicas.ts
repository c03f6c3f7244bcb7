import { startTestApp, type TestApp } from './app';
import { engine } from './database';
import type { ApiClient } from './http-client';

/** The service as it is deployed at its largest: two replicas on a server, one process on the embedded database. */
export interface Replicas {
  readonly first: TestApp;
  /** Takes turns between the replicas. */
  readonly api: () => ApiClient;
  stop(): Promise<void>;
}

export async function startReplicas(): Promise<Replicas> {
  const first = await startTestApp();
  const apps = [first];
  if (engine === 'mariadb') apps.push(await startTestApp({ database: first.database, env: first.env }));
  let turn = 0;
  return {
    first,
    api: () => apps[turn++ % apps.length]!.api,
    async stop() {
      for (const app of apps.reverse()) await app.stop();
    },
  };
}

import { randomBytes } from 'node:crypto';
import { ApiClient } from '../clients/api-client';
import { createTestDatabase, type TestDatabase } from '../database/database';
import { envOfReplica } from '../database/database-nodes';
import { OpenApiContract } from '../openapi/openapi-contract';
import type { OpenApiDocument } from '../openapi/openapi-document';
import { leakDetector } from '../secrets/leak-detector';
import { ServiceProcess } from './service-process';

/** Replicas as deployed: separate processes that share nothing but a database. */
export class ServiceReplicas {
  private readonly processes: ServiceProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async create(env: Readonly<Record<string, string>> = {}): Promise<ServiceReplicas> {
    const database = await createTestDatabase();
    const keys = `test:${randomBytes(32).toString('base64')}`;
    const secrets = { BOOTSTRAP_TOKEN: randomBytes(24).toString('hex'), ENCRYPTION_KEYS: keys };
    return new ServiceReplicas(database, { ...database.env, ...secrets, EGRESS_MODE: 'local', ...env });
  }

  /** Starts another replica and returns a client with the first account's `admin` token. */
  async start(): Promise<ApiClient> {
    const node = envOfReplica(this.database.env, this.processes.length);
    const replica = await ServiceProcess.start({ ...this.env, ...node });
    this.processes.push(replica);
    const url = await replica.listening();
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument;
    return new ApiClient(url, this.env['BOOTSTRAP_TOKEN'], new OpenApiContract(document));
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((replica) => replica.kill()));
    for (const { output } of this.processes) leakDetector.read('output', output);
    try {
      leakDetector.read('rows', await this.database.dump());
    } finally {
      await this.database.drop();
    }
    leakDetector.assertNone();
  }
}

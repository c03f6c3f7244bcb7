import { startTestApp, type TestApp, type TestAppOptions } from '../app/app';
import { issueToken, newApiKey } from '../clients/accounts';
import { RawConnection } from '../clients/raw-connection';
import { eventually } from '../eventually';
import { createModel, createProvider, uniqueName } from '../registry/factories';
import { GatewayClient } from './gateway-client';
import { readUsageRows, type UsageRow } from './usage-rows';

/** A parsed body of the control plane. */
type Json = ReturnType<typeof JSON.parse>;

export interface TargetOptions {
  readonly kind?: 'openai' | 'anthropic';
  readonly name?: string;
  readonly apiKey?: string;
  /** Default: one model with a name of its own. */
  readonly models?: readonly string[];
  /** Other fields of the provider, such as `advanced_json`. */
  readonly provider?: Json;
  /** Other fields of every model, such as `priority`, `tags` or `cost`. */
  readonly model?: Json;
}

/** A provider with its models. */
export interface Target {
  readonly provider: Json;
  readonly models: readonly Json[];
  readonly apiKey: string;
  /** `provider^model` of the first model. */
  readonly selector: string;
  /** The name of the first model. */
  readonly model: string;
}

/** The whole service with a token for its gateway. */
export interface GatewayApp extends TestApp {
  /** A token with the scope `gateway:use` only. */
  readonly token: string;
  /** Sends {@link token} in `Authorization`. */
  readonly gateway: GatewayClient;
  /** A client with other credentials, or without. */
  clientWith(credentials: Record<string, string>): GatewayClient;
  /** Creates a provider at an upstream's URL, with models. */
  createTarget(baseUrl: string, options?: TargetOptions): Promise<Target>;
  /** Opens a connection for bytes that no client library sends. */
  connect(): Promise<RawConnection>;
  /** Sends a call over a connection of its own, which the test may close at any time. Bytes are sent unchanged. */
  startCall(path: string, body: Buffer | object): Promise<RawConnection>;
  /** Returns the rows of the ledger, oldest first, when there are at least `count`. */
  usageRows(count?: number): Promise<UsageRow[]>;
  /** Returns the rows of one request in the order of its attempts, when there are at least `count`. */
  usageRowsOf(requestId: string, count?: number): Promise<UsageRow[]>;
}

/** Starts the service and creates a token for the gateway. Stop it with `stop()`. */
export async function startGateway(options: TestAppOptions = {}): Promise<GatewayApp> {
  const app = await startTestApp(options);
  const { token } = await issueToken(app, ['gateway:use']);
  const clients: GatewayClient[] = [];
  const clientWith = (credentials: Record<string, string>): GatewayClient => {
    const client = new GatewayClient(app.url, credentials);
    clients.push(client);
    return client;
  };
  const rowsOf = (matches: (row: UsageRow) => boolean, count: number): Promise<UsageRow[]> =>
    eventually(`${count} rows of the ledger`, async () => {
      const rows = (await readUsageRows(app.database)).filter(matches);
      return rows.length >= count && rows;
    });
  return {
    ...app,
    token,
    gateway: clientWith({ authorization: `Bearer ${token}` }),
    clientWith,
    createTarget: (baseUrl, target = {}) => createTarget(app, baseUrl, target),
    connect: () => RawConnection.open(app.url),
    async startCall(path, body) {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
      const connection = await RawConnection.open(app.url);
      const headers = { Authorization: `Bearer ${token}`, 'Content-Length': String(bytes.length) };
      connection.writeHead(`POST ${path}`, headers);
      connection.write(bytes);
      return connection;
    },
    usageRows: (count = 0) => rowsOf(() => true, count),
    usageRowsOf: async (requestId, count = 1) => {
      const rows = await rowsOf((row) => row['request_id'] === requestId, count);
      return rows.sort((first, second) => Number(first['attempt']) - Number(second['attempt']));
    },
    async stop() {
      for (const client of clients) client.close();
      await app.stop();
    },
  };
}

async function createTarget({ api }: TestApp, baseUrl: string, options: TargetOptions): Promise<Target> {
  const { kind = 'openai', name = uniqueName(), apiKey = newApiKey() } = options;
  const fields = { name, provider: kind, base_url: baseUrl, api_key: apiKey, ...options.provider };
  const provider = await createProvider(api, fields);
  const models: Json[] = [];
  for (const model of options.models ?? [uniqueName('model')])
    models.push(await createModel(api, provider.id, { model, ...options.model }));
  const model = models[0]?.model;
  return { provider, models, apiKey, selector: `${name}^${model}`, model };
}

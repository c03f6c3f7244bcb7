import type { Server, Socket } from 'node:net';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount } from '../../support/clients/accounts';
import { RawConnection } from '../../support/clients/raw-connection';
import { eventually } from '../../support/eventually';
import { createModel, createProvider, providerPath } from '../../support/registry/factories';
import { copyModel } from '../../support/registry/seed-rows';

const MODELS = 130;
const MODEL_BYTES = 64_000;

/** Each of another response of about 8 MB, which is more than the buffers of a connection hold. */
const CONNECTIONS = 10;

/** What an account may have unsent: 32 MiB. */
const MAX_HELD = 4;

describe('responses that are not read', () => {
  let app: TestApp;
  let path: string;
  const connections: RawConnection[] = [];
  const sockets: Socket[] = [];

  beforeAll(async () => {
    app = await startTestApp();
    (app.app.getHttpServer() as Server).on('connection', (socket: Socket) => sockets.push(socket));
    const provider = await createProvider(app.api);
    const advanced_json = { extra_body: { padding: 'x'.repeat(MODEL_BYTES) } };
    const model = await createModel(app.api, provider.id, { advanced_json });
    await copyModel(app.database, model.id, MODELS, (index) => `copy ${index}`);
    path = `${providerPath(provider as { id: string })}/models`;
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await app.stop();
  });

  /** Requests a page that no other connection requests, and stops reading it when it starts. */
  async function holdPage(index: number): Promise<void> {
    const connection = await RawConnection.open(app.url);
    connections.push(connection);
    connection.writeHead(`GET ${path}?limit=${MODELS - index}`, {
      Authorization: `Bearer ${app.adminToken}`,
    });
    await connection.pauseWhenReceiving();
  }

  it('keep at most 32 MiB of an account, and its later responses and those of others are sent', async () => {
    const other = await createAccount(app);
    for (let index = 0; index < CONNECTIONS; index++) await holdPage(index);
    const [own, others] = [app.api.withoutRetries(), other.withoutRetries()];
    expect((await own.get(path)).body).toHaveLength(MODELS + 1);
    expect((await others.get('/v1/llm-providers')).status).toBe(200);
    await eventually('the connections that have stalled are closed', () => {
      const unsent = sockets.filter(({ destroyed, writableLength }) => !destroyed && writableLength > 0);
      return unsent.length <= MAX_HELD;
    });
    const held = await openResponses();
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(MAX_HELD);
  });

  /** Reads on, and returns the number of connections that still get their whole response. */
  async function openResponses(): Promise<number> {
    for (const connection of connections) connection.resume();
    await eventually('each response is complete or cut', () =>
      connections.every((connection) => connection.isEnded || isComplete(connection)),
    );
    return connections.filter((connection) => isComplete(connection)).length;
  }

  function isComplete({ received }: RawConnection): boolean {
    const length = Number(/^content-length: (\d+)\r$/im.exec(received)?.[1]);
    return received.length - received.indexOf('\r\n\r\n') - 4 === length;
  }
});

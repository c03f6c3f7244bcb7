import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ServiceProcess } from '../../support/app/service-process';
import { ApiClient } from '../../support/clients/api-client';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { paced } from '../../support/pace';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** Far below the wait that each test would have otherwise. */
const EXIT_DEADLINE_MS = 5000;
const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');

describe('SIGTERM', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let api: ApiClient;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await service.kill();
    await database.drop();
  });

  async function start(env: Record<string, string> = {}) {
    const ENCRYPTION_KEYS = `first:${randomBytes(32).toString('base64')}`;
    const more = { BOOTSTRAP_TOKEN, ENCRYPTION_KEYS, EGRESS_MODE: 'local', ...env };
    service = await ServiceProcess.start({ ...database.env, ...more });
    api = new ApiClient(await service.listening(), BOOTSTRAP_TOKEN);
  }

  async function expectPromptExit(signal: 'SIGTERM' | 'SIGINT') {
    service.signal(signal);
    const { result: code, milliseconds, limit } = await paced(() => service.exited);
    expect(code).toBe(0);
    expect(service.output).toContain(`"msg":"Received ${signal}. Caret is shutting down."`);
    expect(milliseconds).toBeLessThan(limit(EXIT_DEADLINE_MS));
  }

  const provider = (name: string, more: object = {}) => ({
    name,
    provider: 'openai',
    api_key: 'sk-0123456789abcdef',
    ...more,
  });

  it('makes /readyz return 503 immediately, while requests are still served', async () => {
    await start({ SHUTDOWN_DELAY_SECONDS: '60' });
    service.signal('SIGTERM');
    const unready = async () => {
      const readiness = await api.get('/readyz');
      return readiness.status === 503 && readiness;
    };
    const { result: response, milliseconds, limit } = await paced(() => eventually('not ready', unready));
    expect(milliseconds).toBeLessThan(limit(500));
    expect(response.body).toMatchObject({
      status: 'not_ready',
      checks: { database: 'ok', accepting: 'failed' },
    });
    expect((await api.get('/healthz')).status).toBe(200);
    expect((await api.post('/v1/llm-providers', provider('late'))).status).toBe(201);
  });

  it('exits with 0 under load, after complete responses to all accepted requests', async () => {
    await start();
    const acknowledged: string[] = [];
    const broken: unknown[] = [];
    let isRefused = false;
    const client = async (worker: number) => {
      for (let turn = 0; !isRefused; turn++) {
        const name = `p-${worker}-${turn}`;
        try {
          const response = await api.post('/v1/llm-providers', provider(name), {
            headers: { Connection: 'close' },
          });
          if (response.status === 201) acknowledged.push(name);
          else broken.push(response.status);
        } catch (error) {
          const { code } = (error as { cause?: { code?: string } }).cause ?? {};
          if (code === 'ECONNREFUSED') isRefused = true;
          else broken.push(code ?? error);
        }
      }
    };
    const load = Promise.all([0, 1, 2, 3].map(client));
    await eventually('the load runs', () => acknowledged.length > 20);
    service.signal('SIGTERM');
    expect(await service.exited).toBe(0);
    await load;
    // A connection that was not accepted yet may be reset. An accepted one gets a response.
    expect(broken.filter((reason) => reason !== 'ECONNRESET')).toEqual([]);
    const rows = await database.query<{ name: string }>('SELECT name FROM providers');
    const stored = new Set(rows.map(({ name }) => name));
    expect(acknowledged.filter((name) => !stored.has(name))).toEqual([]);
  });

  it('lets a slow request in flight finish', async () => {
    await start({ SHUTDOWN_DELAY_SECONDS: '0' });
    let respond: () => void = () => undefined;
    const requested = new Promise<void>((resolve) => (respond = resolve));
    const upstream = await ScriptedUpstream.start(async (response) => {
      await requested;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"object":"list","data":[{"id":"m"}]}');
    });
    try {
      const { body } = await api.post('/v1/llm-providers', provider('slow', { base_url: upstream.url }));
      const slow = api.get(`/v1/llm-providers/${body.id}/available-models`);
      await eventually('the upstream has the request', () => upstream.requests.length > 0);
      service.signal('SIGTERM');
      await eventually('new connections are rejected', () =>
        fetch(new URL('/healthz', api.baseUrl), { headers: { Connection: 'close' } }).then(
          () => false,
          () => true,
        ),
      );
      respond();
      expect(await slow).toMatchObject({ status: 200, body: { models: [{ id: 'm' }] } });
      expect(await service.exited).toBe(0);
    } finally {
      await upstream.stop();
    }
  });

  it('closes connections without a request, and idle ones, without waiting for their timeouts', async () => {
    await start({ SHUTDOWN_DELAY_SECONDS: '0' });
    const { hostname, port } = new URL(api.baseUrl);
    const sockets = Array.from({ length: 3 }, () => connect(Number(port), hostname));
    try {
      await Promise.all(sockets.map((socket) => once(socket, 'connect')));
      sockets[1]!.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(sockets[1]!, 'data');
      sockets[2]!.write('GET /healthz HTTP/1.1\r\nHost: half');
      await expectPromptExit('SIGTERM');
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  it('writes the last requests to the log, empties the write-ahead log and unlocks the database', async () => {
    await start({ SHUTDOWN_DELAY_SECONDS: '0' });
    const headers = { 'X-Request-Id': 'the-last-request' };
    await api.get('/v1/account', { headers });
    service.signal('SIGTERM');
    expect(await service.exited).toBe(0);
    expect(service.output).toContain('the-last-request');
    // The file alone is then the whole embedded database.
    const files = (await readdir(database.env.DATA_DIR)).filter((file) => /-(wal|journal)$/.test(file));
    for (const file of files) expect((await stat(join(database.env.DATA_DIR, file))).size).toBe(0);
    expect(await database.query('SELECT name FROM accounts')).toEqual([{ name: 'default' }]);
  });

  it('is skipped by SIGINT, which exits without the delay', async () => {
    await start({ SHUTDOWN_DELAY_SECONDS: '20' });
    await expectPromptExit('SIGINT');
  });
});

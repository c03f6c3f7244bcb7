import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ServiceProcess } from '../../support/app/service-process';
import { ApiClient } from '../../support/clients/http-client';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { paced } from '../../support/pace';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** Far below the wait that each test would see otherwise. */
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
    expect(milliseconds).toBeLessThan(limit(EXIT_DEADLINE_MS));
  }

  const provider = (name: string, more: object = {}) => ({
    name,
    provider: 'openai',
    api_key: 'sk-0123456789abcdef',
    ...more,
  });

  it('makes /readyz 503 at once, while requests are still served for a moment', async () => {
    await start({ SHUTDOWN_DELAY_SECONDS: '60' });
    service.signal('SIGTERM');
    const unready = async () => {
      const readiness = await api.get('/readyz');
      return readiness.status === 503 && readiness;
    };
    const { result: answer, milliseconds, limit } = await paced(() => eventually('not ready', unready));
    expect(milliseconds).toBeLessThan(limit(500));
    expect(answer.body).toMatchObject({
      status: 'not_ready',
      checks: { database: 'ok', accepting: 'failed' },
    });
    expect((await api.get('/healthz')).status).toBe(200);
    expect((await api.post('/v1/llm-providers', provider('late'))).status).toBe(201);
  });

  it('under load ends with 0: each request was answered in full or refused its connection', async () => {
    await start();
    const acknowledged: string[] = [];
    const broken: unknown[] = [];
    let refused = false;
    const client = async (worker: number) => {
      for (let turn = 0; !refused; turn++) {
        const name = `p-${worker}-${turn}`;
        try {
          const answer = await api.post('/v1/llm-providers', provider(name), {
            headers: { Connection: 'close' },
          });
          if (answer.status === 201) acknowledged.push(name);
          else broken.push(answer.status);
        } catch (error) {
          const { code } = (error as { cause?: { code?: string } }).cause ?? {};
          if (code === 'ECONNREFUSED') refused = true;
          else broken.push(code ?? error);
        }
      }
    };
    const load = Promise.all([0, 1, 2, 3].map(client));
    await eventually('the load has begun', () => acknowledged.length > 20);
    service.signal('SIGTERM');
    expect(await service.exited).toBe(0);
    await load;
    // A connection that was made but not yet taken up may be reset; what was taken up is answered.
    expect(broken.filter((reason) => reason !== 'ECONNRESET')).toEqual([]);
    const rows = await database.query<{ name: string }>('SELECT name FROM providers');
    const stored = new Set(rows.map(({ name }) => name));
    expect(acknowledged.filter((name) => !stored.has(name))).toEqual([]);
  });

  it('lets a slow request in flight finish', async () => {
    await start({ SHUTDOWN_DELAY_SECONDS: '0' });
    let answerNow: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answerNow = resolve));
    const upstream = await ScriptedUpstream.start(async (response) => {
      await asked;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"object":"list","data":[{"id":"m"}]}');
    });
    try {
      const { body } = await api.post('/v1/llm-providers', provider('slow', { base_url: upstream.url }));
      const slow = api.get(`/v1/llm-providers/${body.id}/available-models`);
      await eventually('the upstream is asked', () => upstream.requests.length > 0);
      service.signal('SIGTERM');
      await eventually('no new connection is taken', () =>
        fetch(new URL('/healthz', api.baseUrl), { headers: { Connection: 'close' } }).then(
          () => false,
          () => true,
        ),
      );
      answerNow();
      expect(await slow).toMatchObject({ status: 200, body: { models: [{ id: 'm' }] } });
      expect(await service.exited).toBe(0);
    } finally {
      await upstream.stop();
    }
  });

  it('does not wait for connections that ask for nothing, or stay open after their answer', async () => {
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

  it('leaves all in order: the last requests are in the log, and the database is free', async () => {
    await start({ SHUTDOWN_DELAY_SECONDS: '0' });
    const headers = { 'X-Request-Id': 'the-last-request' };
    await api.get('/v1/account', { headers });
    service.signal('SIGTERM');
    expect(await service.exited).toBe(0);
    expect(service.output).toContain('the-last-request');
    // All of an embedded database is in its one file again, as a backup wants it.
    const files = (await readdir(database.env.DATA_DIR)).filter((file) => /-(wal|journal)$/.test(file));
    for (const file of files) expect((await stat(join(database.env.DATA_DIR, file))).size).toBe(0);
    expect(await database.query('SELECT name FROM accounts')).toEqual([{ name: 'default' }]);
  });

  it('by SIGINT, from a terminal, does not wait', async () => {
    await start({ SHUTDOWN_DELAY_SECONDS: '20' });
    await expectPromptExit('SIGINT');
  });
});

import { randomBytes } from 'node:crypto';
import { ServiceProcess } from '../support/app/service-process';
import { ApiClient, type Json } from '../support/clients/api-client';
import { createTestDatabase, type TestDatabase } from '../support/database/database';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { paced, repeatDisturbedTests, timed } from '../support/pace';
import { createModel, createProvider, providerPath } from '../support/registry/factories';
import { copyModel } from '../support/registry/seed-rows';
import { report } from '../support/report';
import { openaiModelList } from '../support/upstreams/model-lists';
import { replyJson } from '../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../support/upstreams/scripted-upstream';

const MEBIBYTE = 1024 * 1024;

/** The longest that a request of somebody else waits on an idle machine. */
const PROMISED_MS = 50;

/** Ten reads of 16 MiB share their builds. Without that, they took 3.5 GB. */
const MAX_GROWTH_BYTES = 16 * 16 * MEBIBYTE;

const MODELS = 40_000;
const CONFIGURED_MODELS = 400;

repeatDisturbedTests();

describe.each([
  ['SQLite', createSqliteTestDatabase],
  ['MariaDB', createTestDatabase],
])('large registries on %s', (engine, createDatabase) => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let upstream: ScriptedUpstream;
  let api: ApiClient;
  /** A provider of many models, and one of models with long configurations. */
  let many: Json;
  let long: Json;

  beforeAll(async () => {
    database = await createDatabase();
    upstream = await ScriptedUpstream.start();
    const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
    const ENCRYPTION_KEYS = `test:${randomBytes(32).toString('base64')}`;
    const env = { ...database.env, BOOTSTRAP_TOKEN, ENCRYPTION_KEYS, EGRESS_MODE: 'local' };
    service = await ServiceProcess.start(env);
    api = new ApiClient(await service.listening(), BOOTSTRAP_TOKEN);
    many = await createProvider(api, { base_url: upstream.url });
    long = await createProvider(api);
    await addModels(many, MODELS, {});
    await addModels(long, CONFIGURED_MODELS, { note: 'x'.repeat(60_000) });
  });
  afterAll(async () => {
    await service.kill();
    await upstream.stop();
    await database.drop();
  });

  const addModels = async (provider: Json, count: number, advanced_json: Json) => {
    const model = await createModel(api, provider.id, { advanced_json });
    await copyModel(
      database,
      model.id,
      count - 1,
      (index) => `copy-${index}`,
      (index) => ({ priority: index % 100 }),
    );
  };

  /** Reads a response without keeping it, because the test must not be slower than the service. */
  const send = async (path: string, init: RequestInit = {}): Promise<number> => {
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' };
    const response = await fetch(new URL(path, api.baseUrl), { ...init, headers });
    const reader = response.body!.getReader();
    while (!(await reader.read()).done);
    return response.status;
  };
  const tenTimes = (work: () => Promise<number>) => Promise.all(Array.from({ length: 10 }, work));
  const patch = () =>
    send(providerPath(many), {
      method: 'PATCH',
      body: JSON.stringify({ name: randomBytes(8).toString('hex') }),
    });

  /** Measures how long others wait during `attack`, and how far the memory of the service grows. */
  const watch = async (attack: () => Promise<number[]>) => {
    let isOver = false;
    let longest = 0;
    const before = service.residentBytes();
    let peak = before;
    const wait = async (path: string) => {
      while (!isOver) {
        const { result, milliseconds } = await timed(() => send(path));
        expect(result).toBe(200);
        longest = Math.max(longest, milliseconds);
        peak = Math.max(peak, service.residentBytes());
      }
    };
    const { result, limit } = await paced(async () => {
      const waiting = ['/healthz', '/v1/account'].map(wait);
      try {
        return await attack();
      } finally {
        isOver = true;
        await Promise.all(waiting);
      }
    });
    return { statuses: [...new Set(result)], longest, limit: limit(PROMISED_MS), growth: peak - before };
  };

  it.each<[string, number, () => Promise<number[]>]>([
    ['reads of a provider with many models', 200, () => tenTimes(() => send(providerPath(many)))],
    ['reads of a provider with long models', 200, () => tenTimes(() => send(providerPath(long)))],
    ['lists of many models', 422, () => tenTimes(() => send(`${providerPath(many)}/models`))],
    ['lists of long models', 422, () => tenTimes(() => send(`${providerPath(long)}/models`))],
    ['pages of long models', 200, () => tenTimes(() => send(`${providerPath(long)}/models?limit=200`))],
    ['lists of providers', 422, () => tenTimes(() => send('/v1/llm-providers'))],
    ['pages of providers', 200, () => tenTimes(() => send('/v1/llm-providers?limit=1'))],
    ['lists of selectors', 200, () => tenTimes(() => send('/v1/selectors'))],
    ['pages of selectors', 200, () => tenTimes(() => send('/v1/selectors?limit=50'))],
    ['updates of a provider', 200, () => tenTimes(patch)],
  ])('keeps nobody waiting during ten %s', async (name, status, attack) => {
    const { statuses, longest, limit, growth } = await watch(attack);
    report(`${engine}, ${name}: others wait ${longest} ms, memory +${(growth / MEBIBYTE).toFixed(0)} MiB`);
    expect(statuses).toEqual([status]);
    expect(longest).toBeLessThan(limit);
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  });

  it('keeps nobody waiting during an import of 10,000 models', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `imported-${index}`);
    upstream.script(replyJson(openaiModelList(names)));
    const path = `${providerPath(many)}/models/import`;
    const { statuses, longest, limit, growth } = await watch(async () => [
      await send(path, { method: 'POST', body: JSON.stringify({ all: true }) }),
    ]);
    report(`${engine}, an import: others wait ${longest} ms, memory +${(growth / MEBIBYTE).toFixed(0)} MiB`);
    expect(statuses).toEqual([200]);
    expect(longest).toBeLessThan(limit);
  });
});

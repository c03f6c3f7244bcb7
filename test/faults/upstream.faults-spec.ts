import { randomBytes } from 'node:crypto';
import { ServiceProcess } from '../support/app/service-process';
import { ApiClient } from '../support/clients/api-client';
import type { TestDatabase } from '../support/database/database';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { paced } from '../support/pace';
import { problem } from '../support/registry/factories';
import { report } from '../support/report';
import { availableModels, createProviderAt } from '../support/upstreams/discovery-factories';
import { openaiModelList } from '../support/upstreams/model-lists';
import {
  dribble,
  hang,
  replyGzipBomb,
  replyJson,
  replyLarge,
  replyText,
  reset,
} from '../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../support/upstreams/scripted-upstream';

const MEBIBYTE = 1024 * 1024;
const TIMEOUT_MS = 3000;

const unreachable = 'upstream_unreachable';
const timeout = 'llm_providers.upstream_timeout';
const invalidResponse = 'llm_providers.upstream_invalid_response';

describe('GET …/available-models when the upstream fails', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let upstream: ScriptedUpstream;
  let api: ApiClient;

  beforeAll(async () => {
    database = await createSqliteTestDatabase();
    upstream = await ScriptedUpstream.start();
    const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
    service = await ServiceProcess.start({ ...database.env, BOOTSTRAP_TOKEN, EGRESS_MODE: 'local' });
    api = new ApiClient(await service.listening(), BOOTSTRAP_TOKEN);
    upstream.script(replyJson(openaiModelList(['one'])));
    await availableModels(api, await createProviderAt(api, upstream.url));
  });
  afterAll(async () => {
    await service.kill();
    await upstream.stop();
    await database.drop();
  });

  /** Measures how far the memory of the process grows during `work`. */
  async function measureGrowth<T>(work: () => Promise<T>): Promise<{ result: T; bytes: number }> {
    const before = service.residentBytes();
    let peak = before;
    const sampler = setInterval(() => (peak = Math.max(peak, service.residentBytes())), 20);
    const result = await work().finally(() => clearInterval(sampler));
    return { result, bytes: peak - before };
  }

  const faults: [string, number, string, Reply | null][] = [
    ['refuses the connection', 502, unreachable, null],
    ['resets the connection', 502, unreachable, reset()],
    ['resets the connection during the body', 502, unreachable, reset({ afterBytes: '{"data":[' })],
    ['never responds', 504, timeout, hang()],
    ['stalls after its headers', 504, timeout, hang({ afterHeaders: true })],
    ['sends one byte at a time', 504, timeout, dribble(50)],
    ['sends HTML', 502, invalidResponse, replyText('<html>Welcome</html>')],
    ['sends another JSON format', 502, invalidResponse, replyJson({ data: { one: {} } })],
    ['sends 50 MB', 502, invalidResponse, replyLarge(50_000_000)],
    ['sends a gzip bomb', 502, invalidResponse, replyGzipBomb(200_000_000)],
  ];

  it.each(faults)(
    '%s: returns %i %s within the deadline and 64 MiB of memory',
    async (fault, status, code, reply) => {
      const stopped = await ScriptedUpstream.start();
      await stopped.stop();
      if (reply) upstream.script(reply);
      const path = await createProviderAt(api, reply ? upstream.url : stopped.url, {
        advanced_json: { timeout_ms: TIMEOUT_MS },
      });
      const { result, bytes } = await measureGrowth(() => paced(() => availableModels(api, path)));
      report(
        `upstream ${fault}: ${result.result.status} ${result.result.body.code} after ${result.milliseconds} ms, ` +
          `memory +${(bytes / MEBIBYTE).toFixed(1)} MiB`,
      );
      expect(problem(result.result)).toEqual({ status, code });
      expect(result.milliseconds).toBeLessThan(result.limit(TIMEOUT_MS));
      expect(bytes).toBeLessThan(64 * MEBIBYTE);
      expect((await api.get('/healthz')).status).toBe(200);
    },
  );
});

import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, ApiResponse } from '../../support/clients/api-client';
import {
  API_KEY,
  createModel,
  createOtherAccount,
  modelPath,
  problem,
} from '../../support/registry/factories';
import {
  availableModels,
  createGate,
  createProviderAt,
  idsOf,
} from '../../support/upstreams/discovery-factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson, replyText } from '../../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const MAX_PER_ACCOUNT = 4;
const MAX_PER_PROCESS = 32;
const POLL_MS = 10;
const tooMany = { status: 429, code: 'upstream.too_many_calls' };
const list = replyJson(openaiModelList(['one']));

describe('concurrent upstream calls', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let gate: ReturnType<typeof createGate>;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(() => {
    gate = createGate();
    const held: Reply = async (response, request) => {
      await gate.opened;
      await list(response, request);
    };
    upstream.script(held);
  });
  afterEach(() => gate.open());

  const discover = (api: ApiClient) =>
    api.post('/v1/llm-providers/discover', { provider: 'openai', api_key: API_KEY, base_url: upstream.url });
  const repeat = (api: ApiClient, count: number) => Array.from({ length: count }, () => discover(api));
  const statusesOf = (responses: readonly ApiResponse[]) => responses.map(({ status }) => status);

  async function untilReceived(count: number): Promise<void> {
    while (upstream.requests.length < count) await sleep(POLL_MS);
  }

  it('are rejected with Retry-After when an account has four, by every operation that calls', async () => {
    const path = await createProviderAt(app.api, upstream.url);
    const model = modelPath(await createModel(app.api, path.split('/').at(-1)!));
    const held = repeat(app.api, MAX_PER_ACCOUNT);
    await untilReceived(MAX_PER_ACCOUNT);
    const rejected = await Promise.all([
      discover(app.api),
      availableModels(app.api, path, '?refresh=true'),
      app.api.post(`${path}/models/import`, { models: 'all' }),
      app.api.post(`${path}/test`),
      app.api.post(`${model}/test`),
    ]);
    expect(rejected.map(problem)).toEqual(Array(5).fill(tooMany));
    expect(rejected.map(({ headers }) => headers.get('retry-after'))).toEqual(Array(5).fill('1'));
    expect(upstream.requests).toHaveLength(MAX_PER_ACCOUNT);
    const other = discover(await createOtherAccount(app));
    await untilReceived(MAX_PER_ACCOUNT + 1);
    gate.open();
    expect(statusesOf(await Promise.all([...held, other]))).toEqual(Array(5).fill(200));
    expect((await discover(app.api)).status).toBe(200);
  });

  it('of eight accounts leave a place for another account', async () => {
    const accounts = await Promise.all(Array.from({ length: 8 }, () => createOtherAccount(app)));
    const held = accounts.flatMap((api) => repeat(api, MAX_PER_ACCOUNT));
    // The last account gets as many as it leaves free.
    const first = await Promise.race(held);
    expect(problem(first)).toEqual(tooMany);
    await untilReceived(MAX_PER_PROCESS - 2);
    const other = discover(app.api);
    await untilReceived(MAX_PER_PROCESS - 1);
    gate.open();
    const statuses = statusesOf(await Promise.all([...held, other]));
    expect(statuses.filter((status) => status === 200)).toHaveLength(MAX_PER_PROCESS - 1);
    expect((await other).status).toBe(200);
  });

  it('are rejected when the process has 32', async () => {
    const accounts = await Promise.all(
      Array.from({ length: MAX_PER_PROCESS }, () => createOtherAccount(app)),
    );
    const held = accounts.map(discover);
    await untilReceived(MAX_PER_PROCESS);
    expect(problem(await discover(app.api))).toEqual(tooMany);
    gate.open();
    expect(statusesOf(await Promise.all(held))).toEqual(Array(MAX_PER_PROCESS).fill(200));
    expect((await discover(app.api)).status).toBe(200);
  });

  it('do not count lists that are cached or that join a call', async () => {
    const cached = await createProviderAt(app.api, upstream.url);
    const joined = await createProviderAt(app.api, upstream.url);
    upstream.script(list);
    await availableModels(app.api, cached);
    upstream.script(async (response, request) => {
      await gate.opened;
      await list(response, request);
    });
    const held = [...repeat(app.api, MAX_PER_ACCOUNT - 1), availableModels(app.api, joined)];
    await untilReceived(MAX_PER_ACCOUNT);
    const joining = Array.from({ length: 10 }, () => availableModels(app.api, joined));
    expect(idsOf(await availableModels(app.api, cached))).toEqual(['one']);
    gate.open();
    expect(statusesOf(await Promise.all([...held, ...joining]))).toEqual(Array(14).fill(200));
  });

  it('do not count after they have failed', async () => {
    upstream.script(replyText('<html>'));
    for (let call = 0; call < MAX_PER_ACCOUNT; call++)
      expect((await discover(app.api)).body.code).toBe('llm_providers.upstream_invalid_response');
    upstream.script(list);
    expect((await discover(app.api)).status).toBe(200);
  });
});

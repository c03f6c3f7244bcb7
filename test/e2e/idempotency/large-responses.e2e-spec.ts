import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiResponse, Json } from '../../support/clients/api-client';
import { createProvider, modelPath, providerPath, uniqueName } from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const MAX_ROW_BYTES = 256 * 1024;

/** As many tags as a model may have, each as long as it may be. */
const TAGS = Array.from({ length: 32 }, (_, index) => String(index).padStart(64, 't'));

describe('the replay of a long response', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  /** Imports `count` models into a new provider. The result sends the same request again. */
  async function importModels(count: number) {
    const names = Array.from({ length: count }, (_, index) => `model-${index}`);
    upstream.script(replyJson(openaiModelList(names)));
    const provider = await createProvider(app.api, { base_url: upstream.url });
    const headers = { 'idempotency-key': uniqueName('key') };
    const send = (): Promise<ApiResponse> =>
      app.api.post(`${providerPath(provider)}/models/import`, { all: true, tags: TAGS }, { headers });
    return { first: await send(), send };
  }

  async function longestRow(): Promise<number> {
    const rows = await app.database.query<{ bytes: number | string }>(
      `SELECT LENGTH(response) AS bytes FROM idempotency_keys WHERE response IS NOT NULL
       UNION ALL SELECT LENGTH(content) FROM idempotency_response_parts`,
    );
    return Math.max(...rows.map(({ bytes }) => Number(bytes)));
  }

  it('equals the first response of 10 000 models with long tags, and no row is long', async () => {
    const { first, send } = await importModels(10_000);
    expect(first.status).toBe(200);
    expect(first.text.length).toBeGreaterThan(20_000_000);
    const again = await send();
    expect(again.status).toBe(200);
    expect(again.text === first.text).toBe(true);
    expect(again.headers.get('x-registry-revision')).toBe(first.headers.get('x-registry-revision'));
    expect(await longestRow()).toBeLessThanOrEqual(MAX_ROW_BYTES);
  });

  it('equals the first response after its models were changed and deleted', async () => {
    const { first, send } = await importModels(200);
    const added: Json[] = first.body.added;
    await app.api.patch(modelPath(added[0]), { tags: ['changed'] });
    await app.api.delete(modelPath(added[1]));
    const again = await send();
    expect(again.text === first.text).toBe(true);
    expect(await longestRow()).toBeLessThanOrEqual(MAX_ROW_BYTES);
  });

  it('is deleted with its key', async () => {
    const { send } = await importModels(200);
    const storedKeys = async () =>
      (await app.database.query('SELECT DISTINCT key_id FROM idempotency_response_parts')).length;
    const before = await storedKeys();
    const yesterday = new Date(Date.now() - 24 * 3600 * 1000 - 1000).toISOString();
    await app.database.query('UPDATE idempotency_keys SET created_at = ?', [yesterday]);
    expect((await send()).body.added).toEqual([]);
    expect(await storedKeys()).toBe(before - 1);
  });
});

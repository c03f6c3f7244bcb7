import { startTestApp, type TestApp } from '../../support/app/app';
import { ApiClient, type Json } from '../../support/clients/api-client';
import { engine } from '../../support/database/database';
import {
  auditOf,
  createClientWith,
  createModel,
  createProvider,
  invalid,
  modelPath,
  priceHistoryOf,
  problem,
  readModel,
} from '../../support/registry/factories';
import {
  checkPrices,
  createPricedProvider,
  HAIKU,
  priceCheckPath,
  SONNET,
} from '../../support/upstreams/price-checks';
import type { VendorReplies } from '../../support/upstreams/vendor-replies';

describe('POST /v1/llm-providers/{id}/price-check/apply', () => {
  let app: TestApp;
  let vendors: VendorReplies;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    ({ vendors, provider } = await createPricedProvider(app));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const path = () => priceCheckPath(provider);
  const check = () => checkPrices(app.api, provider);
  const apply = (ids: string[], headers = {}, api = app.api) =>
    api.post(`${path()}/apply`, { model_ids: ids }, { headers });

  let sonnet: Json;
  let haiku: Json;

  beforeEach(async () => {
    sonnet = await createModel(app.api, provider.id, {
      model: SONNET,
      multiplier: 2,
      tags: ['kept'],
      cost_per_1k_input: 9,
      pricing: { units: { x_search: 1 } },
    });
    haiku = await createModel(app.api, provider.id, { model: HAIKU });
  });

  it('gives the models the suggested prices, and returns them', async () => {
    const [difference] = await check();
    const { status: code, body } = await apply([sonnet.id]);
    expect(code).toBe(200);
    expect(body).toEqual({
      changed: [
        {
          model_id: sonnet.id,
          model: SONNET,
          before: difference!.stored,
          after: difference!.suggested,
        },
      ],
      skipped: [],
    });
    const after = await readModel(app.api, sonnet);
    expect(after).toMatchObject({ ...difference!.suggested, multiplier: 2, tags: ['kept'] });
    expect(after).toEqual({ ...sonnet, ...difference!.suggested, updated_at: after.updated_at });
    expect((await check()).map(({ model_id }) => model_id)).toEqual([haiku.id]);
    expect(await readModel(app.api, haiku)).toEqual(haiku);
  });

  it('writes the price history with its source, and an audit event for each model', async () => {
    await apply([sonnet.id, haiku.id]);
    expect(await priceHistoryOf(app.api, sonnet)).toMatchObject([
      { source: 'catalogue', multiplier: 2, cost_per_1k_input: 0.003, pricing: { source: 'catalogue' } },
      { source: 'manual', cost_per_1k_input: 9 },
    ]);
    for (const model of [sonnet, haiku]) {
      const events = await auditOf(app.api, model.id);
      expect(events.at(-1)).toMatchObject({
        action: 'model.update',
        changes: { cost_per_1k_input: { before: model.cost_per_1k_input }, pricing: expect.any(Object) },
      });
    }
  });

  it('skips what it cannot or need not change, with a reason', async () => {
    const unknown = await createModel(app.api, provider.id, { model: 'claude-nobody-knows' });
    const elsewhere = await createModel(app.api, (await createProvider(app.api)).id, { model: SONNET });
    await apply([haiku.id]);
    const { body } = await apply([haiku.id, haiku.id, unknown.id, elsewhere.id, 'no-id', sonnet.id]);
    expect(body.changed.map(({ model_id }: Json) => model_id)).toEqual([sonnet.id]);
    expect(body.skipped).toEqual([
      { model_id: haiku.id, reason: 'unchanged' },
      { model_id: unknown.id, reason: 'no_suggestion' },
      { model_id: elsewhere.id, reason: 'not_found' },
      { model_id: 'no-id', reason: 'not_found' },
    ]);
    expect(await readModel(app.api, unknown)).toEqual(unknown);
    expect((await priceHistoryOf(app.api, haiku)).length).toBe(1);
  });

  it('changes no model if one cannot be written', async () => {
    const abort =
      engine === 'sqlite'
        ? `WHEN NEW.model = '${HAIKU}' BEGIN SELECT RAISE(ABORT, 'rejected'); END`
        : `FOR EACH ROW IF NEW.model = '${HAIKU}' THEN SIGNAL SQLSTATE '45000'; END IF`;
    await app.database.query(`CREATE TRIGGER reject_haiku BEFORE UPDATE ON provider_models ${abort}`);
    // Without the contract, because the document has no 500.
    const response = await apply([sonnet.id, haiku.id], {}, new ApiClient(app.url, app.adminToken));
    await app.database.query('DROP TRIGGER reject_haiku');
    expect(response.status).toBe(500);
    expect(await readModel(app.api, sonnet)).toEqual(sonnet);
    expect(await priceHistoryOf(app.api, sonnet)).toHaveLength(1);
  });

  it('returns 409 without room for the sheets, and changes no model', async () => {
    const rows = 'SELECT id, registry_bytes AS used FROM accounts';
    const [account] = await app.database.query<{ id: string; used: number }>(rows, []);
    const setUsed = (bytes: number) =>
      app.database.query('UPDATE accounts SET registry_bytes = ? WHERE id = ?', [bytes, account!.id]);
    // The quota is 256 MiB. One sheet has room, two have not.
    await setUsed(256 * 2 ** 20 - 500);
    const response = await apply([sonnet.id, haiku.id]);
    await setUsed(Number(account!.used));
    expect(problem(response)).toEqual({ status: 409, code: 'quota.exceeded' });
    expect([await readModel(app.api, sonnet), await readModel(app.api, haiku)]).toEqual([sonnet, haiku]);
  });

  it('returns 412 if the check has changed since If-Match, and changes nothing', async () => {
    const { headers } = await app.api.get(path());
    const etag = { 'If-Match': headers.get('etag')! };
    await app.api.patch(modelPath(haiku), { cost_per_1k_input: 7 });
    expect(problem(await apply([sonnet.id], etag))).toEqual({ status: 412, code: 'request.stale_etag' });
    expect(await readModel(app.api, sonnet)).toEqual(sonnet);
    const fresh = { 'If-Match': (await app.api.get(path())).headers.get('etag')! };
    expect((await apply([sonnet.id], fresh)).body.changed).toHaveLength(1);
    expect((await apply([haiku.id], { 'If-Match': '*' })).body.changed).toHaveLength(1);
  });

  it('replays the first response for the same Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'apply-1' };
    const first = await apply([sonnet.id], key);
    await app.api.patch(modelPath(sonnet), { cost_per_1k_input: 1 });
    expect((await apply([sonnet.id], key)).body).toEqual(first.body);
    expect((await readModel(app.api, sonnet)).cost_per_1k_input).toBe(1);
  });

  it('determines costs immediately', async () => {
    await apply([sonnet.id]);
    const usage = { input_tokens: 1000, output_tokens: 0 };
    const { body } = await app.api.post('/v1/cost', { model_id: sonnet.id, usage });
    expect(body).toMatchObject({ cost: '0.006', assumed: false });
  });

  it.each<[string, Json]>([
    ['/model_ids', {}],
    ['/model_ids', { model_ids: [] }],
    ['/model_ids', { model_ids: 'all' }],
    ['/model_ids/1', { model_ids: ['a', 5] }],
    ['/model_ids', { model_ids: Array.from({ length: 1001 }, (_, index) => String(index)) }],
    ['/all', { model_ids: ['a'], all: true }],
  ])('rejects an invalid %s', async (pointer, body) => {
    expect(problem(await app.api.post(`${path()}/apply`, body))).toEqual(invalid(pointer));
  });

  it('changes nothing if the upstream fails', async () => {
    vendors.status = 500;
    expect((await apply([sonnet.id])).status).toBe(502);
    expect(await readModel(app.api, sonnet)).toEqual(sonnet);
  });

  it('requires the scope providers:write', async () => {
    const reader = await createClientWith(app, ['providers:read']);
    expect((await apply([sonnet.id], {}, reader)).status).toBe(403);
  });
});

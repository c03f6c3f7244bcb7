import { startTestApp, type TestApp } from '../../support/app/app';
import { ApiClient, type Json } from '../../support/clients/api-client';
import { engine } from '../../support/database/database';
import {
  auditOf,
  createClientWith,
  createModel,
  createProvider,
  invalid,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const OFFERED = ['beta', 'alpha', 'gamma/v2:free', ' padded', 'x'.repeat(513)];

describe('POST /v1/llm-providers/{id}/models/import', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(async () => {
    upstream.script(replyJson(openaiModelList(OFFERED)));
    provider = await createProvider(app.api, { base_url: upstream.url });
  });

  const importModels = (body: Json, api = app.api, headers = {}) =>
    api.post(`${providerPath(provider)}/models/import`, body, { headers });
  const stored = async (): Promise<Json[]> => (await app.api.get(`${providerPath(provider)}/models`)).body;
  const names = (models: Json[]) => models.map(({ model }) => model);

  it('adds the requested models and returns them', async () => {
    const response = await importModels({ models: ['alpha', 'gamma/v2:free'] });
    expect(response.status).toBe(200);
    expect(response.body.skipped).toEqual([]);
    expect(response.body.added).toEqual(await stored());
    expect(names(response.body.added)).toEqual(['alpha', 'gamma/v2:free']);
  });

  it.each<[string, Json]>([
    ['all: true', { all: true }],
    ['all: true beside an empty list', { all: true, models: [] }],
    ['models: "all", which older clients send', { models: 'all' }],
  ])('adds every valid model for %s, and reports what it skipped', async (_form, request) => {
    await createModel(app.api, provider.id, { model: 'ALPHA' });
    const { body } = await importModels(request);
    expect(names(body.added).sort()).toEqual(['beta', 'gamma/v2:free']);
    expect(new Set(body.skipped.map(({ id, reason }: Json) => `${id.slice(0, 8)} ${reason}`))).toEqual(
      new Set(['alpha exists', ' padded invalid_name', 'xxxxxxxx too_long']),
    );
  });

  it('skips models that are not offered under exactly that id', async () => {
    const { body } = await importModels({ models: ['alpha', 'Beta', 'nobody'] });
    expect(names(body.added)).toEqual(['alpha']);
    expect(body.skipped).toEqual([
      { id: 'Beta', reason: 'not_offered' },
      { id: 'nobody', reason: 'not_offered' },
    ]);
  });

  it('asks the upstream again for a model that the cached list lacks', async () => {
    await app.api.get(`${providerPath(provider)}/available-models`);
    upstream.script(replyJson(openaiModelList([...OFFERED, 'newcomer'])));
    const { body } = await importModels({ models: ['newcomer'] });
    expect(names(body.added)).toEqual(['newcomer']);
  });

  it('adds a model that the upstream lists in two cases once', async () => {
    upstream.script(replyJson(openaiModelList(['Mixed', 'mixed'])));
    const { body } = await importModels({ models: 'all' });
    expect(names(body.added)).toEqual(['Mixed']);
    expect(body.skipped).toEqual([{ id: 'mixed', reason: 'exists' }]);
  });

  it('adds a model that is requested twice once', async () => {
    const { body } = await importModels({ models: ['alpha', 'alpha'] });
    expect(body).toMatchObject({ added: [{ model: 'alpha' }], skipped: [] });
  });

  it('adds the tags to each model, trimmed and without duplicates', async () => {
    const { body } = await importModels({ models: ['alpha', 'beta'], tags: [' new ', 'cheap', 'new'] });
    expect(body.added.map(({ tags }: Json) => tags)).toEqual([
      ['new', 'cheap'],
      ['new', 'cheap'],
    ]);
  });

  it('uses the default for every other setting', async () => {
    const { body } = await importModels({ models: ['alpha'], tags: null });
    expect(body.added[0]).toMatchObject({
      priority: 0,
      tags: [],
      when: {},
      advanced_json: {},
      multiplier: 1,
      cost_per_1k_input: null,
      selector: `${provider.name}^alpha`,
    });
  });

  it('adds and changes nothing when it is repeated', async () => {
    await importModels({ models: ['alpha', 'beta'], tags: ['first'] });
    const before = (await app.api.get(providerPath(provider))).text;
    const again = await importModels({ models: ['alpha', 'beta'], tags: ['second'] });
    expect(again.body.added).toEqual([]);
    expect(again.body.skipped).toEqual([
      { id: 'beta', reason: 'exists' },
      { id: 'alpha', reason: 'exists' },
    ]);
    expect((await app.api.get(providerPath(provider))).text).toBe(before);
  });

  it('replays the first response for the same Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'import-1' };
    const first = await importModels({ models: ['alpha'] }, app.api, key);
    const replayed = await importModels({ models: ['alpha'] }, app.api, key);
    expect(replayed.status).toBe(200);
    expect(replayed.body).toEqual(first.body);
  });

  it('adds each model once in concurrent imports', async () => {
    const responses = await Promise.all(Array.from({ length: 8 }, () => importModels({ models: 'all' })));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect(responses.flatMap(({ body }) => body.added)).toHaveLength(3);
    const models = await stored();
    expect(models).toHaveLength(3);
    expect(models.filter(({ is_default }) => is_default)).toHaveLength(1);
  });

  it('adds no model when one cannot be written', async () => {
    const abort =
      engine === 'sqlite'
        ? `WHEN NEW.model = 'beta' BEGIN SELECT RAISE(ABORT, 'rejected'); END`
        : `FOR EACH ROW IF NEW.model = 'beta' THEN SIGNAL SQLSTATE '45000'; END IF`;
    await app.database.query(`CREATE TRIGGER reject_beta BEFORE INSERT ON provider_models ${abort}`);
    const imports = async () =>
      (await auditOf(app.api, provider.id)).filter(({ action }) => action === 'model.import');
    // Without the contract, because the document has no 500.
    const response = await importModels({ models: 'all' }, new ApiClient(app.url, app.adminToken));
    await app.database.query('DROP TRIGGER reject_beta');
    expect(response.status).toBe(500);
    expect(await stored()).toEqual([]);
    expect(await imports()).toEqual([]);
  });

  it('writes one audit event with the added models, and none without any', async () => {
    await importModels({ models: ['alpha', 'beta'] });
    await importModels({ models: ['alpha', 'beta'] });
    const [, ...events] = await auditOf(app.api, provider.id);
    expect(events).toMatchObject([
      { action: 'provider.discover' },
      { action: 'model.import', changes: { models: { before: null, after: ['beta', 'alpha'] } } },
    ]);
  });

  it.each<[string, Json]>([
    ['/models', {}],
    ['/models', { models: [] }],
    ['/models', { models: 'some' }],
    ['/models/1', { models: ['alpha', 5] }],
    ['/models', { models: ['alpha'], all: true }],
    ['/models', { models: [], all: false }],
    ['/all', { all: 'yes' }],
    ['/models', { models: null }],
    ['/tags/0', { models: 'all', tags: ['a'.repeat(65)] }],
    ['/price', { models: 'all', price: 'guess' }],
    ['/price', { models: 'all', price: null }],
    ['/default', { models: 'all', default: '' }],
    ['/default', { models: 'all', default: null }],
    ['/multiplier', { models: 'all', multiplier: 2 }],
  ])('rejects an invalid %s (%j) without an upstream call', async (pointer, body) => {
    expect(problem(await importModels(body))).toEqual(invalid(pointer));
    expect(upstream.connections).toBe(0);
  });

  it('adds nothing when the upstream fails', async () => {
    upstream.script(replyJson({}, 500));
    expect(problem(await importModels({ models: 'all' }))).toEqual({
      status: 502,
      code: 'llm_providers.upstream_error',
    });
    expect(await stored()).toEqual([]);
  });

  it('requires the scope providers:write', async () => {
    const response = await importModels({ models: 'all' }, await createClientWith(app, ['providers:read']));
    expect(response.status).toBe(403);
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createClientWith,
  createModel,
  createProvider,
  invalid,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';

const conflict = { status: 409, code: 'llm_provider_models.model_conflict' };

describe('POST /v1/llm-providers/{provider_id}/models', () => {
  let app: TestApp;
  let provider: Json;
  const post = (body: unknown) => app.api.post(`${providerPath(provider)}/models`, body);

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
  });

  it('requires only a name and applies the defaults', async () => {
    const { status, headers, body } = await post({ model: 'claude-sonnet-4-20250514' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      provider_id: provider.id,
      model: 'claude-sonnet-4-20250514',
      selector: `${provider.name}^claude-sonnet-4-20250514`,
      aliases: [],
      enabled: true,
      priority: 0,
      is_default: true,
      tags: [],
      when: {},
      advanced_json: {},
      multiplier: 1,
      cost_per_1k_input: null,
      cost_per_1k_output: null,
      cost_per_1k_cache_write: null,
      cost_per_1k_cache_read: null,
      pricing: null,
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
    });
    expect(headers.get('location')).toBe(modelPath(body));
    const read = await app.api.get(modelPath(body));
    expect(read.body).toEqual(body);
    expect(read.headers.get('etag')).toBe(headers.get('etag'));
    expect((await app.api.get(providerPath(provider))).body.models).toEqual([body]);
    expect((await app.api.get(`${providerPath(provider)}/models`)).body).toEqual([body]);
  });

  it('writes one audit event under its selector', async () => {
    const model = await createModel(app.api, provider.id, { tags: ['fast'] });
    const { body } = await app.api.get('/v1/audit-events?limit=1');
    expect(body[0]).toMatchObject({
      action: 'model.create',
      resource: { type: 'model', id: model.id, name: model.selector },
      changes: { tags: { before: null, after: ['fast'] } },
    });
  });

  it('returns 404 under a missing or malformed provider id', async () => {
    for (const id of ['0193b3a0-0000-7000-8000-000000000000', 'nope']) {
      const response = await app.api.post(`/v1/llm-providers/${id}/models`, { model: 'm' });
      expect(problem(response)).toEqual({ status: 404, code: 'llm_providers.not_found' });
    }
  });

  it('requires the scope providers:write', async () => {
    const reader = await createClientWith(app, ['providers:read']);
    expect((await reader.post(`${providerPath(provider)}/models`, { model: 'm' })).status).toBe(403);
  });

  it.each(['id', 'provider_id', 'selector', 'default_of', 'valueOf', 'isDefault'])(
    'rejects the field %s',
    async (field) => expect(problem(await post({ model: 'm', [field]: 'x' }))).toEqual(invalid(`/${field}`)),
  );

  it('reports all invalid fields together', async () => {
    const response = await post({ priority: '5', is_default: 1, tags: [''], when: [], multiplier: -1 });
    expect(new Set(problem(response).pointers)).toEqual(
      new Set(['/model', '/priority', '/is_default', '/tags/0', '/when', '/multiplier']),
    );
  });

  describe('model', () => {
    it.each([
      'a/b:c^d',
      '^',
      '__proto__',
      'constructor',
      'null',
      '%',
      '..',
      'a b',
      'meta-llama/Llama-3.1-70B-Instruct',
      'cafe\u0301',
      'ｇｐｔ',
      '模型 😀',
      "x'; DROP TABLE providers; --",
    ])('stores %s exactly as sent', async (model) => {
      const created = await createModel(app.api, provider.id, { model });
      expect(created).toMatchObject({ model, selector: `${provider.name}^${model}` });
      expect((await app.api.get(modelPath(created))).body.model).toBe(model);
    });

    it('accepts at most 512 characters of up to four bytes', async () => {
      const model = '😀'.repeat(512);
      expect(await createModel(app.api, provider.id, { model })).toMatchObject({ model });
      expect(problem(await post({ model: `${model}a` }))).toEqual(invalid('/model'));
    });

    it.each([
      null,
      5,
      ['m'],
      '',
      ' m',
      'm ',
      '\tm',
      'm\n',
      'm\u00a0',
      'a\u0000b',
      'a\u001fb',
      'a\u007fb',
      'auto',
      '#m',
    ])('rejects %j without trimming it', async (model) =>
      expect(problem(await post({ model }))).toEqual(invalid('/model')),
    );

    it.each([
      ['GPT-4o', 'gpt-4O'],
      ['Straße', 'STRASSE'],
      ['ΟΔΟΣ', 'οδος'],
      ['\u212aimi', 'KIMI'],
    ])('returns 409 for %s when %s exists', async (model, existing) => {
      await createModel(app.api, provider.id, { model: existing });
      expect(problem(await post({ model }))).toEqual(conflict);
    });

    it.each([
      ['café', 'cafe\u0301'],
      ['gpt', 'ｇｐｔ'],
      ['a', 'á'],
      ['a-b', 'a_b'],
      ['1', '①'],
    ])('accepts %s beside %s', async (model, existing) => {
      await createModel(app.api, provider.id, { model: existing });
      expect((await post({ model })).status).toBe(201);
    });

    it('accepts a name that another provider has', async () => {
      const { model } = await createModel(app.api, provider.id);
      const other = await createProvider(app.api);
      expect(await createModel(app.api, other.id, { model })).toMatchObject({ model, is_default: true });
    });
  });

  describe('priority', () => {
    it.each([0, 1, -1, 2_147_483_647, -2_147_483_648])('accepts %i', async (priority) => {
      expect(await createModel(app.api, provider.id, { priority })).toMatchObject({ priority });
    });

    it.each([null, '5', 1.5, true, 2_147_483_648, -2_147_483_649, 1e300, [1]])(
      'rejects %j',
      async (priority) => {
        expect(problem(await post({ model: 'm', priority }))).toEqual(invalid('/priority'));
      },
    );
  });

  it.each([null, 0, 1, 'true', 'false', {}])('rejects %j as is_default', async (is_default) => {
    expect(problem(await post({ model: 'm', is_default }))).toEqual(invalid('/is_default'));
  });

  describe('tags', () => {
    it('are trimmed and deduplicated in their order and case', async () => {
      const tags = [' b', 'a', 'b ', 'B', 'a', '😀'.repeat(64), '__proto__'];
      expect((await createModel(app.api, provider.id, { tags })).tags).toEqual([
        'b',
        'a',
        'B',
        '😀'.repeat(64),
        '__proto__',
      ]);
    });

    it('are rejected beyond 32', async () => {
      const tags = Array.from({ length: 33 }, (_, index) => `t${index}`);
      expect(problem(await post({ model: 'm', tags }))).toEqual(invalid('/tags'));
      expect((await createModel(app.api, provider.id, { tags: tags.slice(1) })).tags).toHaveLength(32);
    });

    it.each(['a', {}, [1], [null], [''], ['  '], ['a\u0000'], ['a\u200bb'], [['a']], ['t'.repeat(65)]])(
      'rejects %j',
      async (tags) => {
        const pointer = Array.isArray(tags) ? '/tags/0' : '/tags';
        expect(problem(await post({ model: 'm', tags }))).toEqual(invalid(pointer));
      },
    );
  });

  describe('when', () => {
    it('is stored as sent', async () => {
      const when = { tier: 'pro', 'request.tokens': { $gt: 1000 } };
      expect((await createModel(app.api, provider.id, { when })).when).toEqual(when);
    });

    it.each(['x', 1, true, [[]]])('rejects %j, because a rule is an object', async (when) => {
      expect(problem(await post({ model: 'm', when }))).toEqual(invalid('/when'));
    });
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  auditOf,
  createModel,
  createProvider,
  invalid,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';

const SETTINGS = {
  priority: 7,
  tags: ['fast'],
  when: { tier: 'pro' },
  advanced_json: { temperature: 0.5, extra_headers: { 'X-Token': 'secret-1' } },
  multiplier: 1.5,
  cost_per_1k_input: 0.003,
  cost_per_1k_output: 0,
  cost_per_1k_cache_write: 0.00375,
  cost_per_1k_cache_read: 0.0003,
};
const MISSING = '0193b3a0-0000-7000-8000-000000000000';

describe('models of a provider', () => {
  let app: TestApp;
  let model: Json;
  const patch = (body: unknown) => app.api.patch(modelPath(model), body);
  const row = async () =>
    (await app.database.query('SELECT * FROM provider_models WHERE id = ?', [model.id]))[0]!;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    const provider = await createProvider(app.api);
    model = await createModel(app.api, provider.id, SETTINGS);
  });

  describe('PATCH …/models/{model_id}', () => {
    it('changes the sent fields, keeps the others and returns the model as read', async () => {
      const { status, headers, body } = await patch({ priority: -1, model: 'renamed' });
      expect(status).toBe(200);
      expect(body).toEqual({
        ...model,
        priority: -1,
        model: 'renamed',
        selector: model.selector.replace(/\^.*/, '^renamed'),
        updated_at: body.updated_at,
      });
      const read = await app.api.get(modelPath(model));
      expect(read.body).toEqual(body);
      expect(read.headers.get('etag')).toBe(headers.get('etag'));
    });

    it.each([
      ['tags', []],
      ['when', {}],
      ['advanced_json', {}],
      ['multiplier', 1],
      ['cost_per_1k_input', null],
      ['cost_per_1k_output', null],
      ['cost_per_1k_cache_write', null],
      ['cost_per_1k_cache_read', null],
    ])('resets %s to %j with null', async (field, value) => {
      expect((await patch({ [field]: null })).body[field]).toEqual(value);
      expect((await app.api.get(modelPath(model))).body[field]).toEqual(value);
    });

    it.each(['model', 'priority', 'is_default'])('rejects null for %s', async (field) => {
      expect(problem(await patch({ [field]: null }))).toEqual(invalid(`/${field}`));
    });

    it.each(['id', 'provider_id', 'selector', 'created_at', 'toString'])(
      'rejects the field %s',
      async (field) => {
        expect(problem(await patch({ [field]: 'x' }))).toEqual(invalid(`/${field}`));
      },
    );

    it('accepts another case of its name and rejects the name of another model', async () => {
      const other = await createModel(app.api, model.provider_id);
      const upper = model.model.toUpperCase();
      expect((await patch({ model: upper })).body.model).toBe(upper);
      expect(problem(await patch({ model: other.model.toUpperCase(), priority: 1 }))).toEqual({
        status: 409,
        code: 'llm_provider_models.model_conflict',
      });
      expect((await app.api.get(modelPath(model))).body).toMatchObject({ model: upper, priority: 7 });
    });

    it('leaves sealed headers unchanged when other fields change', async () => {
      const before = await row();
      await patch({ priority: 1, tags: null, when: null, multiplier: 2 });
      const after = await row();
      expect([after.sealed_headers, after.headers_version]).toEqual([
        before.sealed_headers,
        before.headers_version,
      ]);
    });

    it.each([
      ['{}', () => ({})],
      ['all its settings', () => ({ ...SETTINGS, advanced_json: model.advanced_json, is_default: true })],
      ['its tags with spaces and duplicates', () => ({ tags: [' fast', 'fast '] })],
    ])('changes nothing for %s', async (_case, body) => {
      const read = await app.api.get(modelPath(model));
      const before = await row();
      const events = await auditOf(app.api, model.id);
      const response = await patch(body());
      expect(response.body).toEqual(model);
      expect(response.headers.get('etag')).toBe(read.headers.get('etag'));
      expect(await row()).toEqual(before);
      expect(await auditOf(app.api, model.id)).toEqual(events);
    });

    it('writes one audit event with the old and new value of each changed field', async () => {
      const { body } = await patch({ priority: 8, tags: [] });
      expect((await auditOf(app.api, model.id)).at(-1)).toMatchObject({
        action: 'model.update',
        changes: {
          priority: { before: 7, after: 8 },
          tags: { before: ['fast'], after: [] },
          updated_at: { before: model.updated_at, after: body.updated_at },
        },
      });
    });
  });

  describe('DELETE …/models/{model_id}', () => {
    it('returns 204 without a body, and 404 the second time', async () => {
      const { status, text } = await app.api.delete(modelPath(model));
      expect([status, text]).toEqual([204, '']);
      expect((await app.api.get(modelPath(model))).status).toBe(404);
      expect((await app.api.delete(modelPath(model))).status).toBe(404);
      expect((await app.api.get(providerPath({ id: model.provider_id }))).body.models).toEqual([]);
    });

    it('writes an audit event and makes the name available again', async () => {
      await app.api.delete(modelPath(model));
      expect((await auditOf(app.api, model.id)).at(-1)).toMatchObject({
        action: 'model.delete',
        changes: { model: { before: model.model, after: null } },
      });
      expect(await createModel(app.api, model.provider_id, { model: model.model })).toMatchObject({
        is_default: true,
      });
    });
  });

  it.each(['get', 'patch', 'delete'] as const)(
    'returns 404 to %s for a wrong id and under the wrong provider',
    async (verb) => {
      const other = await createProvider(app.api);
      const paths = [
        modelPath({ ...model, id: MISSING }),
        modelPath({ ...model, id: 'nope' }),
        modelPath({ ...model, id: model.provider_id }),
        modelPath({ ...model, provider_id: other.id }),
      ];
      for (const path of paths) {
        const response = await app.api[verb](path, verb === 'patch' ? {} : undefined);
        expect(problem(response)).toEqual({ status: 404, code: 'llm_provider_models.not_found' });
      }
      const underMissing = await app.api[verb](
        modelPath({ ...model, provider_id: MISSING }),
        verb === 'patch' ? {} : undefined,
      );
      expect(problem(underMissing)).toEqual({ status: 404, code: 'llm_providers.not_found' });
      expect((await app.api.get(modelPath(model))).body).toEqual(model);
    },
  );

  describe('GET …/models', () => {
    it('sorts by priority, then oldest first, like the provider', async () => {
      for (const priority of [0, 9, 7, -1]) await createModel(app.api, model.provider_id, { priority });
      const { body } = await app.api.get(`${providerPath({ id: model.provider_id })}/models`);
      expect(body.map(({ priority }: Json) => priority)).toEqual([9, 7, 7, 0, -1]);
      expect(body[1]).toEqual({ ...model });
      expect((await app.api.get(providerPath({ id: model.provider_id }))).body.models).toEqual(body);
    });

    it('returns 404 under a missing provider and 400 for an unknown parameter', async () => {
      expect((await app.api.get(`/v1/llm-providers/${MISSING}/models`)).status).toBe(404);
      const response = await app.api.get(`${providerPath({ id: model.provider_id })}/models?tag=x`);
      expect(problem(response)).toEqual({ status: 400, code: 'query.unknown_parameter' });
    });
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { createModel, createProvider, modelPath, providerPath } from '../../support/registry/factories';

describe('the default model', () => {
  let app: TestApp;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
  });

  const create = (model: string, overrides: Json = {}) =>
    createModel(app.api, provider.id, { model, ...overrides });
  const patch = async (model: Json, body: Json) => (await app.api.patch(modelPath(model), body)).body;
  /** The names of all default models. The rule allows one. */
  const defaults = async () => {
    const { body } = await app.api.get(providerPath(provider));
    return (body.models as Json[]).filter(({ is_default }) => is_default).map(({ model }) => model);
  };

  it.each([undefined, true, false])('is the first model, even with is_default %s', async (is_default) => {
    expect(await create('first', { is_default })).toMatchObject({ is_default: true });
    expect(await defaults()).toEqual(['first']);
  });

  it.each([undefined, false])(
    'is not a later model with is_default %s, even of a higher priority',
    async (is_default) => {
      await create('first');
      expect(await create('later', { is_default, priority: 9 })).toMatchObject({ is_default: false });
      expect(await defaults()).toEqual(['first']);
    },
  );

  it('moves to a later model that is created with is_default', async () => {
    const first = await create('first');
    expect(await create('later', { is_default: true })).toMatchObject({ is_default: true });
    expect(await defaults()).toEqual(['later']);
    const { body } = await app.api.get(modelPath(first));
    expect(body.updated_at >= first.updated_at).toBe(true);
  });

  it('moves to a model by PATCH', async () => {
    await create('first');
    const second = await create('second');
    expect(await patch(second, { is_default: true })).toMatchObject({ is_default: true });
    expect(await defaults()).toEqual(['second']);
  });

  it('moves to the oldest model of the highest priority when it is unset', async () => {
    const first = await create('first', { priority: 100 });
    await create('low', { priority: 1 });
    await create('high, older', { priority: 5 });
    await create('high, newer', { priority: 5 });
    expect(await patch(first, { is_default: false })).toMatchObject({ is_default: false });
    expect(await defaults()).toEqual(['high, older']);
  });

  it('stays on the only model when it is unset, which the response shows', async () => {
    const only = await create('only');
    expect(await patch(only, { is_default: false })).toEqual(only);
    expect(await defaults()).toEqual(['only']);
  });

  it('stays on the only model when it is unset along with other changes', async () => {
    const only = await create('only');
    expect(await patch(only, { is_default: false, priority: 3 })).toMatchObject({
      is_default: true,
      priority: 3,
    });
  });

  it('stays when it is set again, or unset on another model', async () => {
    const first = await create('first');
    const second = await create('second');
    expect(await patch(first, { is_default: true })).toEqual(first);
    expect(await patch(second, { is_default: false })).toEqual(second);
    expect(await defaults()).toEqual(['first']);
  });

  it('stays when other fields change', async () => {
    const first = await create('first');
    await create('second', { priority: 9 });
    await patch(first, { priority: -9, model: 'renamed', tags: ['x'] });
    expect(await defaults()).toEqual(['renamed']);
  });

  it('moves to the oldest model of the highest priority when it is deleted', async () => {
    const first = await create('first');
    await create('low', { priority: -1 });
    await create('older');
    await create('newer');
    await app.api.delete(modelPath(first));
    expect(await defaults()).toEqual(['older']);
  });

  it('stays when another model is deleted', async () => {
    await create('first');
    const second = await create('second', { priority: 9 });
    await app.api.delete(modelPath(second));
    expect(await defaults()).toEqual(['first']);
  });

  it('is the next first model after all models were deleted', async () => {
    const first = await create('first');
    await app.api.delete(modelPath(first));
    expect(await defaults()).toEqual([]);
    expect(await create('second', { is_default: false })).toMatchObject({ is_default: true });
  });

  it('is separate for each provider', async () => {
    await create('first');
    const other = await createProvider(app.api);
    const elsewhere = await createModel(app.api, other.id);
    await create('second', { is_default: true });
    expect((await app.api.get(modelPath(elsewhere))).body.is_default).toBe(true);
  });

  it('cannot be two models, even by a manual database edit', async () => {
    await create('first');
    const second = await create('second');
    const edit = app.database.query('UPDATE provider_models SET default_of = ? WHERE id = ?', [
      provider.id,
      second.id,
    ]);
    await expect(edit).rejects.toThrow();
    expect(await defaults()).toEqual(['first']);
  });

  it('moves with an audit event for each of the two models', async () => {
    const first = await create('first');
    const second = await create('second');
    await patch(second, { is_default: true });
    const { body } = await app.api.get('/v1/audit-events?limit=2');
    expect(body).toMatchObject([
      {
        action: 'model.update',
        resource: { id: first.id },
        changes: { is_default: { before: true, after: false } },
      },
      {
        action: 'model.update',
        resource: { id: second.id },
        changes: { is_default: { before: false, after: true } },
      },
    ]);
  });

  it.each<[string, (another: Json) => Promise<unknown>]>([
    ['a model created with is_default', () => create('later', { is_default: true })],
    ['a model by PATCH', (another) => patch(another, { is_default: true })],
  ])('moves to %s and changes only the model that had it', async (_name, move) => {
    const another = await create('first');
    const current = await create('second', { is_default: true });
    await create('third');
    const unmoved = await create('fourth');
    await move(another);
    const { body } = await app.api.get('/v1/audit-events?limit=2');
    const left = (body as Json[]).filter(({ changes }) => changes.is_default?.after === false);
    expect(left.map(({ resource }) => resource.id)).toEqual([current.id]);
    expect(await defaults()).toHaveLength(1);
    expect((await app.api.get(modelPath(unmoved))).body).toEqual(unmoved);
  });

  it('moves after a deletion with an audit event of its own', async () => {
    const first = await create('first');
    const second = await create('second');
    await app.api.delete(modelPath(first));
    const { body } = await app.api.get('/v1/audit-events?limit=2');
    expect(body).toMatchObject([
      {
        action: 'model.update',
        resource: { id: second.id },
        changes: { is_default: { before: false, after: true } },
      },
      { action: 'model.delete', resource: { id: first.id } },
    ]);
  });
});

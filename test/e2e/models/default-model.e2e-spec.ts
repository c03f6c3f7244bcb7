import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/http-client';
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
  /** Names of the models that say they are the default; the rule wants one. */
  const defaults = async () => {
    const { body } = await app.api.get(providerPath(provider));
    return (body.models as Json[]).filter(({ is_default }) => is_default).map(({ model }) => model);
  };

  it.each([undefined, true, false])(
    'is the first model, though it says is_default %s',
    async (is_default) => {
      expect(await create('first', { is_default })).toMatchObject({ is_default: true });
      expect(await defaults()).toEqual(['first']);
    },
  );

  it.each([undefined, false])(
    'is not a later model with is_default %s, whatever its priority',
    async (is_default) => {
      await create('first');
      expect(await create('later', { is_default, priority: 9 })).toMatchObject({ is_default: false });
      expect(await defaults()).toEqual(['first']);
    },
  );

  it('moves to a later model that is created so', async () => {
    const first = await create('first');
    expect(await create('later', { is_default: true })).toMatchObject({ is_default: true });
    expect(await defaults()).toEqual(['later']);
    const { body } = await app.api.get(modelPath(first));
    expect(body.updated_at >= first.updated_at).toBe(true);
  });

  it('moves to a model where it is set', async () => {
    await create('first');
    const second = await create('second');
    expect(await patch(second, { is_default: true })).toMatchObject({ is_default: true });
    expect(await defaults()).toEqual(['second']);
  });

  it('unset, goes to the highest priority, oldest first', async () => {
    const first = await create('first', { priority: 100 });
    await create('low', { priority: 1 });
    await create('high, older', { priority: 5 });
    await create('high, newer', { priority: 5 });
    expect(await patch(first, { is_default: false })).toMatchObject({ is_default: false });
    expect(await defaults()).toEqual(['high, older']);
  });

  it('unset on the only model stays, and the answer says so', async () => {
    const only = await create('only');
    expect(await patch(only, { is_default: false })).toEqual(only);
    expect(await defaults()).toEqual(['only']);
  });

  it('unset with other changes on the only model makes those', async () => {
    const only = await create('only');
    expect(await patch(only, { is_default: false, priority: 3 })).toMatchObject({
      is_default: true,
      priority: 3,
    });
  });

  it('stays where it is set again, or unset on another', async () => {
    const first = await create('first');
    const second = await create('second');
    expect(await patch(first, { is_default: true })).toEqual(first);
    expect(await patch(second, { is_default: false })).toEqual(second);
    expect(await defaults()).toEqual(['first']);
  });

  it('stays with a change of anything else', async () => {
    const first = await create('first');
    await create('second', { priority: 9 });
    await patch(first, { priority: -9, model: 'renamed', tags: ['x'] });
    expect(await defaults()).toEqual(['renamed']);
  });

  it('deleted, goes to the highest priority, oldest first', async () => {
    const first = await create('first');
    await create('low', { priority: -1 });
    await create('older');
    await create('newer');
    await app.api.delete(modelPath(first));
    expect(await defaults()).toEqual(['older']);
  });

  it('stays where another model is deleted', async () => {
    await create('first');
    const second = await create('second', { priority: 9 });
    await app.api.delete(modelPath(second));
    expect(await defaults()).toEqual(['first']);
  });

  it('is the next first model, once all are gone', async () => {
    const first = await create('first');
    await app.api.delete(modelPath(first));
    expect(await defaults()).toEqual([]);
    expect(await create('second', { is_default: false })).toMatchObject({ is_default: true });
  });

  it('is each provider’s own', async () => {
    await create('first');
    const other = await createProvider(app.api);
    const elsewhere = await createModel(app.api, other.id);
    await create('second', { is_default: true });
    expect((await app.api.get(modelPath(elsewhere))).body.is_default).toBe(true);
  });

  it('cannot be two, even for someone who writes to the database', async () => {
    await create('first');
    const second = await create('second');
    const second_default = app.database.query('UPDATE provider_models SET default_of = ? WHERE id = ?', [
      provider.id,
      second.id,
    ]);
    await expect(second_default).rejects.toThrow();
    expect(await defaults()).toEqual(['first']);
  });

  it('moves with an audit event on the model that was asked, and one on the model that it leaves', async () => {
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
    ['a model that is created so', () => create('later', { is_default: true })],
    ['a model where it is set', (another) => patch(another, { is_default: true })],
  ])('moves to %s from the one that had it, and from no other', async (_name, move) => {
    const another = await create('first');
    const holder = await create('second', { is_default: true });
    await create('third');
    const unmoved = await create('fourth');
    await move(another);
    const { body } = await app.api.get('/v1/audit-events?limit=2');
    const left = (body as Json[]).filter(({ changes }) => changes.is_default?.after === false);
    expect(left.map(({ resource }) => resource.id)).toEqual([holder.id]);
    expect(await defaults()).toHaveLength(1);
    expect((await app.api.get(modelPath(unmoved))).body).toEqual(unmoved);
  });

  it('comes to a successor with an audit event of its own', async () => {
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

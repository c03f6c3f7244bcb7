import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  auditOf,
  createModel,
  createProvider,
  modelPath,
  providerPath,
} from '../../support/registry/factories';
import { resolve, routesOf } from '../../support/registry/routing';

describe('a disabled model', () => {
  let app: TestApp;
  let provider: Json;
  let first: Json;
  let second: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
    first = await createModel(app.api, provider.id, { tags: [provider.name], priority: 1 });
    second = await createModel(app.api, provider.id, { tags: [provider.name] });
  });

  const switchTo = (model: Json, enabled: boolean) => app.api.patch(modelPath(model), { enabled });
  const byTag = async () => routesOf(await resolve(app.api, { selector: `#${provider.name}` }));
  const considered = async (selector: string) => {
    const { status, body } = await resolve(app.api, { selector });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'routing.no_route' });
    return body.considered;
  };

  it('is listed and editable', async () => {
    expect((await switchTo(first, false)).body).toMatchObject({ enabled: false });
    expect((await app.api.patch(modelPath(first), { priority: 3 })).body).toMatchObject({
      enabled: false,
      priority: 3,
    });
    const { body } = await app.api.get(providerPath(provider));
    expect((body.models as Json[]).map(({ model, enabled }) => [model, enabled])).toEqual([
      [first.model, false],
      [second.model, true],
    ]);
  });

  it('is no candidate until it is enabled again', async () => {
    expect(await byTag()).toEqual([first.selector, second.selector]);
    await switchTo(first, false);
    expect(await byTag()).toEqual([second.selector]);
    await switchTo(first, true);
    expect(await byTag()).toEqual([first.selector, second.selector]);
  });

  it('is the reason that no model can be chosen', async () => {
    await switchTo(first, false);
    const excluded = {
      selector: first.selector,
      outcome: 'excluded',
      reason: 'enabled: the model is disabled',
    };
    for (const selector of [first.selector, first.model, `${provider.name}^`]) {
      expect(await considered(selector)).toEqual([excluded]);
    }
    const { body } = await resolve(app.api, { selector: `#${provider.name}`, explain: true });
    expect(body.considered).toContainEqual(excluded);
  });

  it('is not in the list of selectors', async () => {
    await switchTo(first, false);
    const { body } = await app.api.get('/v1/selectors');
    const selectors = (body as Json[]).map(({ selector }) => selector);
    expect(selectors).toContain(second.selector);
    expect(selectors).not.toContain(first.selector);
  });

  it('stays the default, but does not become it while another model is enabled', async () => {
    const third = await createModel(app.api, provider.id);
    await switchTo(second, false);
    expect((await switchTo(first, false)).body).toMatchObject({ is_default: true });
    await app.api.delete(modelPath(first));
    expect((await app.api.get(modelPath(second))).body).toMatchObject({ is_default: false });
    expect((await app.api.get(modelPath(third))).body).toMatchObject({ is_default: true });
    await app.api.delete(modelPath(third));
    expect((await app.api.get(modelPath(second))).body).toMatchObject({ enabled: false, is_default: true });
  });

  it('has a price', async () => {
    await app.api.patch(modelPath(first), { enabled: false, cost_per_1k_input: 1 });
    const { body } = await app.api.post('/v1/cost', { selector: first.selector, usage: { input: 1000 } });
    expect(body).toMatchObject({ selector: first.selector, cost: '1' });
  });

  it('is created with `enabled: false`, and is in the audit log', async () => {
    const model = await createModel(app.api, provider.id, { enabled: false });
    expect(model).toMatchObject({ enabled: false });
    await switchTo(model, true);
    const [created, updated] = await auditOf(app.api, model.id);
    expect(created.changes.enabled).toEqual({ before: null, after: false });
    expect(updated.changes).toMatchObject({ enabled: { before: false, after: true } });
  });

  it('keeps its revision when it is disabled again', async () => {
    const { headers } = await switchTo(first, false);
    const again = await switchTo(first, false);
    expect(again.headers.get('x-registry-revision')).toBe(headers.get('x-registry-revision'));
  });
});

describe('a disabled provider', () => {
  let app: TestApp;
  let provider: Json;
  let model: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
    model = await createModel(app.api, provider.id);
  });

  it('takes its models out of routing, and says so', async () => {
    const { body } = await app.api.patch(providerPath(provider), { enabled: false });
    expect(body).toMatchObject({ enabled: false, models: [{ enabled: true }] });
    for (const selector of [model.selector, model.model, `${provider.name}^`]) {
      expect((await resolve(app.api, { selector })).body.considered).toEqual([
        { selector: model.selector, outcome: 'excluded', reason: 'enabled: its provider is disabled' },
      ]);
    }
    expect(
      ((await app.api.get('/v1/selectors')).body as Json[]).map(({ model_id }) => model_id),
    ).not.toContain(model.id);
    await app.api.patch(providerPath(provider), { enabled: true });
    expect(routesOf(await resolve(app.api, { selector: model.model }))).toEqual([model.selector]);
  });

  it('is created with `enabled: false`', async () => {
    const created = await createProvider(app.api, { enabled: false });
    expect(created).toMatchObject({ enabled: false });
    await createModel(app.api, created.id);
    expect((await resolve(app.api, { selector: `${created.name}^` })).status).toBe(404);
  });

  it.each([null, 'true', 1, []])('is not %j', async (enabled) => {
    for (const path of [providerPath(provider), modelPath(model)]) {
      const { status, body } = await app.api.patch(path, { enabled });
      expect({ status, errors: body.errors }).toMatchObject({
        status: 422,
        errors: [{ pointer: '/enabled' }],
      });
    }
  });
});

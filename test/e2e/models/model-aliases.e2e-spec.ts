import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiResponse, Json } from '../../support/clients/api-client';
import {
  auditOf,
  createModel,
  createProvider,
  invalid,
  modelPath,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { consideredIn, resolve, routesOf } from '../../support/registry/routing';

const CODE = 'llm_provider_models.model_conflict';

describe('the aliases of a model', () => {
  let app: TestApp;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
  });

  const post = (body: Json) => app.api.post(`${providerPath(provider)}/models`, body);
  const patch = (model: Json, body: Json) => app.api.patch(modelPath(model), body);
  const aliasesOf = async (model: Json) => (await app.api.get(modelPath(model))).body.aliases;
  const routesFor = async (selector: string) => routesOf(await resolve(app.api, { selector }));
  const conflictWith = (name: string, model: string) => ({
    status: 409,
    code: CODE,
    detail: `"${name}" is already a name of the model "${model}" of this provider. Names and aliases ignore case. Choose another name, or change that model.`,
  });
  const conflictIn = ({ status, body: { code, detail } }: ApiResponse) => ({ status, code, detail });

  it('select it as its name does, and responses show its name', async () => {
    const alias = uniqueName('Fast');
    const model = await createModel(app.api, provider.id, {
      model: 'gpt-4o',
      aliases: [alias, 'gpt-4o[1m]'],
    });
    expect(model.aliases).toEqual([alias, 'gpt-4o[1m]']);
    const names = [alias, alias.toUpperCase(), `${provider.name}^${alias}`, `${provider.name}^GPT-4O[1M]`];
    for (const selector of names) expect(await routesFor(selector)).toEqual([model.selector]);
    const { body } = await resolve(app.api, { selector: alias });
    expect(body.selected).toMatchObject({ model: 'gpt-4o', model_id: model.id });
    const usage = { input: 1, output: 1 };
    const cost = await app.api.post('/v1/cost', { selector: `${provider.name}^${alias}`, usage });
    expect(cost.body.selector).toBe(model.selector);
  });

  it('are in lists, in the list of selectors and in the audit log', async () => {
    const model = await createModel(app.api, provider.id, { aliases: ['a', 'b'] });
    await patch(model, { aliases: ['b', 'c'] });
    const aliases = ['b', 'c'];
    const [listed] = (await app.api.get(providerPath(provider))).body.models as Json[];
    const [inPage] = (await app.api.get(`${providerPath(provider)}/models?limit=1`)).body as Json[];
    const selectors = (await app.api.get('/v1/selectors')).body as Json[];
    const selectable = selectors.find(({ model_id }) => model_id === model.id);
    expect([listed, inPage, selectable]).toMatchObject([{ aliases }, { aliases }, { aliases }]);
    const [, updated] = await auditOf(app.api, model.id);
    expect(updated.changes.aliases).toEqual({ before: ['a', 'b'], after: aliases });
  });

  it('are kept without the field, and removed by null and by an empty list', async () => {
    const model = await createModel(app.api, provider.id, { aliases: ['a'] });
    await patch(model, { priority: 1 });
    expect(await aliasesOf(model)).toEqual(['a']);
    for (const none of [null, []]) {
      await patch(model, { aliases: ['a', 'b'] });
      expect((await patch(model, { aliases: none })).body.aliases).toEqual([]);
      expect((await resolve(app.api, { selector: `${provider.name}^a` })).status).toBe(404);
    }
  });

  it('are free again when the model drops them or is deleted', async () => {
    const one = await createModel(app.api, provider.id, { aliases: ['a', 'b'] });
    await patch(one, { aliases: ['b'] });
    const other = await createModel(app.api, provider.id, { model: 'A' });
    expect(await routesFor(`${provider.name}^a`)).toEqual([other.selector]);
    await app.api.delete(modelPath(one));
    expect((await patch(other, { aliases: ['b'] })).body.aliases).toEqual(['b']);
  });

  it('conflict with the names and aliases of other models, which the response names', async () => {
    const model = await createModel(app.api, provider.id, { model: 'gpt-4o', aliases: ['Fast'] });
    const other = await createModel(app.api, provider.id, { model: 'gpt-4' });
    expect(conflictIn(await post({ model: 'x', aliases: ['y', 'FAST'] }))).toMatchObject(
      conflictWith('FAST', 'gpt-4o'),
    );
    expect(conflictIn(await post({ model: 'fast' }))).toMatchObject(conflictWith('fast', 'gpt-4o'));
    expect(conflictIn(await post({ model: 'GPT-4o' }))).toMatchObject(conflictWith('GPT-4o', 'gpt-4o'));
    expect(conflictIn(await patch(other, { aliases: ['GPT-4O'] }))).toMatchObject(
      conflictWith('GPT-4O', 'gpt-4o'),
    );
    expect(conflictIn(await patch(other, { model: 'FAST' }))).toMatchObject(conflictWith('FAST', 'gpt-4o'));
    expect(await aliasesOf(model)).toEqual(['Fast']);
    expect(await aliasesOf(other)).toEqual([]);
  });

  it('may be the same under another provider, and then select both', async () => {
    const alias = uniqueName('shared');
    const one = await createModel(app.api, provider.id, { aliases: [alias] });
    const elsewhere = await createProvider(app.api);
    const other = await createModel(app.api, elsewhere.id, { model: alias.toUpperCase(), priority: 1 });
    expect(await routesFor(alias)).toEqual([other.selector, one.selector]);
  });

  it('swap between two models in two steps', async () => {
    const one = await createModel(app.api, provider.id, { aliases: ['latest'] });
    const other = await createModel(app.api, provider.id);
    await patch(one, { aliases: null });
    await patch(other, { aliases: ['latest'] });
    expect(await routesFor(`${provider.name}^latest`)).toEqual([other.selector]);
  });

  it('lose a name that becomes the name of the model', async () => {
    const model = await createModel(app.api, provider.id, { model: 'old', aliases: ['New', 'other'] });
    expect((await patch(model, { model: 'new' })).body).toMatchObject({ model: 'new', aliases: ['other'] });
    expect((await post({ model: 'old' })).status).toBe(201);
  });

  it('have the rules of names, each at its pointer', async () => {
    const many = Array.from({ length: 17 }, (_, index) => `a${index}`);
    const cases: [unknown, string][] = [
      [many, '/aliases'],
      ['a', '/aliases'],
      [['a', 1], '/aliases/1'],
      [['auto'], '/aliases/0'],
      [['#a'], '/aliases/0'],
      [[' a'], '/aliases/0'],
      [[''], '/aliases/0'],
      [['a', 'b', 'A'], '/aliases/2'],
      [['m', 'M'], '/aliases/1'],
      [['b', 'Model'], '/aliases/1'],
    ];
    for (const [aliases, pointer] of cases) {
      expect(problem(await post({ model: 'model', aliases }))).toEqual(invalid(pointer));
    }
    const [empty] = (await post({ model: 'model', aliases: [''] })).body.errors;
    expect(empty).toEqual({ pointer: '/aliases/0', code: 'length', detail: 'Must not be empty.' });
    expect((await post({ model: 'model', aliases: many.slice(1) })).status).toBe(201);
  });

  it('are suggested for a name that is nearly one of them', async () => {
    const alias = uniqueName('zebra-alias');
    const model = await createModel(app.api, provider.id, { aliases: [alias] });
    const selector = `${provider.name}^${alias.slice(0, -2)}`;
    expect(consideredIn(await resolve(app.api, { selector }))[selector]).toContain(JSON.stringify(alias));
    const slashed = `${provider.name}/${alias}`;
    expect(consideredIn(await resolve(app.api, { selector: slashed }))[slashed]).toContain(
      JSON.stringify(model.selector),
    );
  });

  it('are unique under concurrent writes', async () => {
    const models = await Promise.all(Array.from({ length: 4 }, () => createModel(app.api, provider.id)));
    for (let round = 0; round < 10; round++) {
      const name = `round-${round}`;
      const responses = await Promise.all([
        ...models.map((model) => patch(model, { aliases: [name] })),
        post({ model: name }),
      ]);
      const statuses = responses.map(({ status }) => status);
      expect(statuses.filter((status) => status < 300)).toHaveLength(1);
      expect(statuses.filter((status) => status === 409)).toHaveLength(4);
    }
  });
});

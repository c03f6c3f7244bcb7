import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { resolve } from '../../support/registry/routing';

const GOOGLE = 'https://generativelanguage.googleapis.com/v1beta/openai';

describe('the two spellings of a model at Google', () => {
  let app: TestApp;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api, { base_url: GOOGLE });
  });

  it.each([
    ['models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['gemini-2.5-pro', 'models/gemini-2.5-pro'],
  ])('select one model (%s)', async (model, other) => {
    await createModel(app.api, provider.id, { model });
    const { body } = await resolve(app.api, { selector: `${provider.name}^${other}` });
    expect(body.selected.model).toBe(model);
    const second = await app.api.post(`${providerPath(provider)}/models`, { model: other });
    expect(problem(second)).toMatchObject({ status: 409, code: 'llm_provider_models.model_conflict' });
  });

  it('follow a new name', async () => {
    const model = await createModel(app.api, provider.id, { model: 'gemini-1', aliases: ['fast'] });
    const { body } = await app.api.patch(modelPath(model), { model: 'gemini-2' });
    expect(body.aliases).toEqual(['fast', 'models/gemini-2']);
  });

  it('are two models at another host', async () => {
    const other = await createProvider(app.api);
    for (const model of ['models/x', 'x']) await createModel(app.api, other.id, { model });
  });
});

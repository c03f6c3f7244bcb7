import { startTestApp, type TestApp } from '../../support/app/app';
import { ApiClient, type Json } from '../../support/clients/api-client';
import { OpenApiContract } from '../../support/openapi/openapi-contract';
import {
  type DocumentedOperation,
  operationsOf,
  successesOf,
} from '../../support/openapi/openapi-operations';
import { createModel, createProvider, createOtherAccount } from '../../support/registry/factories';
import { startUpstream, type Upstream } from '../../support/upstreams/mock-upstream';

/** Operations that call an upstream with the body's own credentials. */
const ASKS_UPSTREAM = ['discoverModels'];

/** Operations whose examples name models, which the test creates first. */
const NAMES_MODELS = ['resolveSelector', 'calculateCost'];

describe('the examples of the OpenAPI document', () => {
  let app: TestApp;
  let upstream: Upstream;
  let document: Json;
  let operations: DocumentedOperation[];

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await startUpstream({
      openaiModels: ['claude-sonnet-4-20250514', 'claude-3-5-haiku-20241022'],
    });
    document = (await app.api.get('/openapi.json')).body;
    operations = operationsOf(document);
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  it('exist for every success with a JSON body, and match its schema', () => {
    const contract = new OpenApiContract(document);
    const headers = new Headers({ 'content-type': 'application/json' });
    for (const operation of operations) {
      const { id, method, path } = operation;
      for (const { status, media } of successesOf(operation).filter(({ media: json }) => json)) {
        expect([id, status, media.example]).toEqual([id, status, expect.anything()]);
        contract.check({ method, path: path.replaceAll(/[{}]/g, ''), status, headers, body: media.example });
      }
    }
  });

  it('exist for every request with a body', () => {
    const bodies = operations.filter(({ operation }) => operation.requestBody);
    expect(bodies.length).toBeGreaterThan(5);
    for (const { id, operation } of bodies) {
      const { examples } = operation.requestBody.content['application/json'];
      expect([id, Object.keys(examples ?? {}).length]).not.toEqual([id, 0]);
    }
  });

  it('of requests work unchanged', async () => {
    const withBody = operations.filter(({ operation }) => operation.requestBody);
    for (const each of withBody.filter(({ id }) => !NAMES_MODELS.includes(id))) {
      const asksUpstream = ASKS_UPSTREAM.includes(each.id);
      await sendExamples(app.api, each, (body) =>
        asksUpstream ? { ...body, base_url: upstream.url } : body,
      );
    }
  });

  it('of requests about models work when those models exist', async () => {
    const api = await createOtherAccount(app);
    const anthropic = await createProvider(api, { name: 'anthropic-main', provider: 'anthropic' });
    const openai = await createProvider(api, { name: 'openai-main' });
    const model = await createModel(api, anthropic.id, {
      model: 'claude-sonnet-4-20250514',
      tags: ['smart'],
    });
    await createModel(api, openai.id, { model: 'gpt-4.1' });
    await createModel(api, (await createProvider(api, { name: 'google' })).id, { model: 'gemini-2.5-flash' });
    const withId = (body: Json) => ('model_id' in body ? { ...body, model_id: model.id } : body);
    for (const each of operations.filter(({ id }) => NAMES_MODELS.includes(id))) {
      await sendExamples(api, each, withId);
    }
  });

  it('show no field that a real response omits', async () => {
    const real = new ApiClient(app.url, app.adminToken);
    const provider = await createProvider(real);
    const shown = operations.find(({ id }) => id === 'getProvider')!;
    const example = successesOf(shown)[0]!.media.example;
    expect(Object.keys(example).sort()).toEqual(Object.keys(provider).sort());
    expect(example.key_prefix.length).toBeLessThanOrEqual(8);
  });

  async function sendExamples(
    api: ApiClient,
    { id, method, path, operation }: DocumentedOperation,
    adapt: (body: Json) => Json,
  ): Promise<void> {
    const { examples } = operation.requestBody.content['application/json'];
    for (const [name, { value }] of Object.entries<Json>(examples)) {
      const { status, text } = await api.request(method, await fill(path), adapt(value));
      expect([id, name, status, text]).toEqual([id, name, expect.any(Number), text]);
      expect([id, name, status < 300]).toEqual([id, name, true]);
    }
  }

  /** Returns a path to resources that are created for it. */
  async function fill(path: string): Promise<string> {
    if (path.includes('{token_id}')) {
      const { body } = await app.api.post('/v1/tokens', { name: 'example', scopes: ['providers:read'] });
      return path.replace('{token_id}', body.id);
    }
    if (!path.includes('{')) return path;
    const provider = await createProvider(app.api, { base_url: upstream.url });
    const model = path.includes('{model_id}') ? await createModel(app.api, provider.id) : null;
    return path.replace('{provider_id}', provider.id).replace('{model_id}', model?.id ?? '');
  }
});

import { startTestApp, type TestApp } from './support/app';
import { ApiClient, type Json } from './support/http-client';
import { OpenApiContract } from './support/openapi-contract';
import { type DocumentedOperation, operationsOf, successesOf } from './support/openapi-operations';
import { createModel, createProvider } from './support/registry-factories';
import { startUpstream, type Upstream } from './support/upstream';

/** What is sent is told from what upstreams would have to be asked for. */
const ASKS_UPSTREAM = ['discoverModels'];

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

  it('are there for every success that has a body, and fit what it promises', () => {
    const contract = new OpenApiContract(document);
    const headers = new Headers({ 'content-type': 'application/json' });
    for (const operation of operations) {
      const { id, method, path } = operation;
      for (const { status, media } of successesOf(operation).filter(({ status: code }) => code !== 204)) {
        expect([id, status, media.example]).toEqual([id, status, expect.anything()]);
        contract.check({ method, path: path.replaceAll(/[{}]/g, ''), status, headers, body: media.example });
      }
    }
  });

  it('are there for every request with a body, each with a summary', () => {
    const bodies = operations.filter(({ operation }) => operation.requestBody);
    expect(bodies.length).toBeGreaterThan(5);
    for (const { id, operation } of bodies) {
      const { examples } = operation.requestBody.content['application/json'];
      expect([id, Object.keys(examples ?? {}).length]).not.toEqual([id, 0]);
    }
  });

  it('of requests work as they stand', async () => {
    for (const { id, method, path, operation } of operations.filter((each) => each.operation.requestBody)) {
      const { examples } = operation.requestBody.content['application/json'];
      for (const [name, { value }] of Object.entries<Json>(examples)) {
        const body = ASKS_UPSTREAM.includes(id) ? { ...value, base_url: upstream.url } : value;
        const answer = await app.api.request(method, await fill(path), body);
        expect([id, name, answer.status, answer.text]).toEqual([id, name, expect.any(Number), answer.text]);
        expect([id, name, answer.status < 300]).toEqual([id, name, true]);
      }
    }
  });

  it('show no secret that a real answer would not show', async () => {
    const real = new ApiClient(app.url, app.adminToken);
    const provider = await createProvider(real);
    const shown = operations.find(({ id }) => id === 'getProvider')!;
    const example = successesOf(shown)[0]!.media.example;
    expect(Object.keys(example).sort()).toEqual(Object.keys(provider).sort());
    expect(example.key_prefix.length).toBeLessThanOrEqual(8);
  });

  /** A path to things that were made for it. */
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

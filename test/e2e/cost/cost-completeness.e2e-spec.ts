import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiResponse, Json } from '../../support/clients/api-client';
import { createModel, createProvider, invalid, problem } from '../../support/registry/factories';

const RATES = { cost_per_1k_input: 0.003, cost_per_1k_output: 0.015 };

describe('POST /v1/cost', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const cost = (body: Json): Promise<ApiResponse> => app.api.post('/v1/cost', body);
  const modelOf = async (provider: Json): Promise<Json> =>
    createModel(app.api, (await createProvider(app.api, provider)).id, RATES);
  const costOf = async (usage: Json, kind = 'anthropic'): Promise<Json> => {
    const { id } = await modelOf({ provider: kind });
    const { status, body } = await cost({ model_id: id, usage });
    expect(status).toBe(200);
    return body;
  };

  it('lists what the model has no price for', async () => {
    const body = await costOf({
      input_tokens: 1000,
      output_tokens: 0,
      service_tier: 'batch',
      server_tool_use: { web_search_requests: 3, web_fetch_requests: 2 },
    });
    expect(body).toMatchObject({ cost: '0.003', assumed: true, units: [], adjustments: [], tier: null });
    expect(body.not_priced).toEqual([
      {
        pointer: '/usage/server_tool_use/web_search_requests',
        quantity: 3,
        reason: expect.stringContaining('pricing.units.web_search') as string,
      },
      {
        pointer: '/usage/service_tier',
        quantity: null,
        reason: expect.stringContaining('pricing.adjustments') as string,
      },
    ]);
  });

  it("compares the cost with the vendor's own bill", async () => {
    const body = await costOf({ prompt_tokens: 1000, completion_tokens: 0, cost: 0.0031 }, 'openai');
    expect(body).toMatchObject({
      cost: '0.003',
      reported: { cost: '0.0031', currency: 'USD', source: 'cost' },
      difference: '-0.0001',
    });
  });

  it('prefers the service tier and the endpoint of the context', async () => {
    const { id } = await modelOf({ provider: 'openai' });
    const pointersWith = async (context: Json, usage: Json): Promise<string[]> => {
      const { body } = await cost({ model_id: id, usage, context });
      return body.not_priced.map(({ pointer }: Json) => pointer as string);
    };
    const usage = { input_tokens: 1, output_tokens: 1, service_tier: 'flex' };
    expect(await pointersWith({}, usage)).toEqual(['/usage/service_tier']);
    expect(await pointersWith({ service_tier: 'default' }, usage)).toEqual([]);
    expect(await pointersWith({ service_tier: 'priority' }, usage)).toEqual(['/context/service_tier']);
    expect(await pointersWith({ endpoint: 'batch' }, usage)).toEqual(['/context/endpoint']);
    expect(await pointersWith({ endpoint: 'rerank' }, { total_tokens: 5 })).toEqual([]);
  });

  it('prices a part of a usage only on request', async () => {
    const { id } = await modelOf({ provider: 'anthropic' });
    const body = { model_id: id, usage: { output_tokens: 393 } };
    expect(problem(await cost(body))).toEqual(invalid('/usage'));
    expect((await cost({ ...body, partial: true })).body).toMatchObject({ cost: '0.005895', assumed: true });
  });
});

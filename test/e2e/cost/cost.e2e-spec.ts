import { startTestApp, type TestApp } from '../../support/app/app';
import { newApiKey } from '../../support/clients/accounts';
import type { ApiResponse, Json } from '../../support/clients/api-client';
import {
  withoutRequestIds,
  createModel,
  createProvider,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';

const RATES = {
  cost_per_1k_input: 0.003,
  cost_per_1k_output: 0.015,
  cost_per_1k_cache_write: 0.00375,
  cost_per_1k_cache_read: 0.0003,
};
const INPUT = { input: 1000 };

describe('POST /v1/cost', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const cost = (body: Json): Promise<ApiResponse> => app.api.post('/v1/cost', body);
  const modelOf = async (provider: Json, model: Json = RATES): Promise<Json> =>
    createModel(app.api, (await createProvider(app.api, provider)).id, model);
  const costWith = async (rates: Json, usage: Json, kind = 'anthropic'): Promise<Json> => {
    const { id } = await modelOf({ provider: kind }, rates);
    const { status, body } = await cost({ model_id: id, usage });
    expect(status).toBe(200);
    return body;
  };

  it('returns the cost by selector and by id, with its parts and the revision', async () => {
    const provider = await createProvider(app.api, { provider: 'anthropic', name: 'Main' });
    const created = await app.api.post(`${providerPath(provider)}/models`, { model: 'claude', ...RATES });
    const usage = { input_tokens: 100, output_tokens: 50, cache_read_input_tokens: 1000 };
    const response = await cost({ selector: 'main^CLAUDE', usage });
    expect(response.headers.get('x-registry-revision')).toBe(created.headers.get('x-registry-revision'));
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.body).toEqual({
      selector: 'Main^claude',
      cost: '0.00135',
      currency: 'USD',
      assumed: false,
      multiplier: '1',
      parts: [
        { kind: 'input', tokens: 100, rate: '0.003', cost: '0.0003', assumed: false },
        { kind: 'output', tokens: 50, rate: '0.015', cost: '0.00075', assumed: false },
        { kind: 'cache_read', tokens: 1000, rate: '0.0003', cost: '0.0003', assumed: false },
      ],
      units: [],
      tier: null,
      adjustments: [],
      not_priced: [],
      reported: null,
      difference: null,
      usage: { input: 100, output: 50, cache_write: 0, cache_read: 1000 },
    });
    expect((await cost({ model_id: created.body.id, usage })).body).toEqual(response.body);
    expect((await cost({ selector: 'Main^', usage })).body).toEqual(response.body);
  });

  describe('counts each token once in', () => {
    it.each<[string, string, Json, Json]>([
      [
        "OpenAI's chat completions, whose prompt includes cached tokens",
        'openai',
        {
          prompt_tokens: 2006,
          completion_tokens: 300,
          total_tokens: 2306,
          prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 200 },
        },
        { input: 86, output: 300, cache_write: 0, cache_read: 1920 },
      ],
      [
        "OpenAI's responses, whose input includes cached tokens",
        'openai',
        { input_tokens: 36, output_tokens: 87, input_tokens_details: { cached_tokens: 30 } },
        { input: 6, output: 87, cache_write: 0, cache_read: 30 },
      ],
      [
        "Anthropic's messages, whose input excludes cached tokens",
        'anthropic',
        {
          input_tokens: 21,
          output_tokens: 393,
          cache_creation_input_tokens: 40,
          cache_read_input_tokens: 188086,
          cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 10 },
          service_tier: 'standard',
        },
        { input: 21, output: 393, cache_write: 30, cache_read: 188086, cache_write_1h: 10 },
      ],
      [
        'tokens by kind',
        'openai',
        { input: 1, output: 2, cache_write: 3, cache_read: 4 },
        { input: 1, output: 2, cache_write: 3, cache_read: 4 },
      ],
      [
        'a usage with nulls and unknown fields',
        'anthropic',
        { input_tokens: 5, output_tokens: 0, cache_read_input_tokens: null, toString: 'x', new: { a: [1] } },
        { input: 5, output: 0, cache_write: 0, cache_read: 0 },
      ],
    ])('%s', async (_form, kind, usage, expected) => {
      const body = await costWith(RATES, usage, kind);
      expect(body.usage).toEqual(expected);
      expect(body.parts.map(({ kind: part }: Json) => part)).toEqual(
        Object.keys(expected).filter((each) => expected[each] > 0),
      );
    });
  });

  describe('returns an exact cost', () => {
    it.each<[string, Json, Json, string]>([
      [
        '0.1 + 0.2',
        { cost_per_1k_input: 0.1, cost_per_1k_output: 0.2 },
        { input: 1000, output: 1000 },
        '0.3',
      ],
      ['1.1 × 3', { cost_per_1k_input: 1.1, multiplier: 3 }, INPUT, '3.3'],
      ['one token at the lowest rate', { cost_per_1k_input: 1e-12 }, { input: 1 }, '0.000000000000001'],
      [
        'twelve decimals of both',
        { cost_per_1k_input: 0.123456789012, multiplier: 1.000000000001 },
        { input: 1 },
        '0.000123456789012123456789012',
      ],
      ['a small multiplier', { cost_per_1k_input: 1, multiplier: 1e-7 }, { input: 1 }, '0.0000000001'],
      [
        'the largest amounts',
        { cost_per_1k_input: 1_000_000_000, multiplier: 1_000_000_000 },
        { input: Number.MAX_SAFE_INTEGER },
        '9007199254740991000000000000000',
      ],
      [
        'no trailing zeros',
        { cost_per_1k_input: 2.5, cost_per_1k_output: 7.5 },
        { input: 400, output: 1200 },
        '10',
      ],
    ])('for %s', async (_what, rates, usage, expected) => {
      expect((await costWith(rates, usage)).cost).toBe(expected);
    });
  });

  describe('with unknown rates', () => {
    it('returns null with the reason if an input or output rate is missing', async () => {
      const body = await costWith({ cost_per_1k_input: 1 }, { input: 1000, output: 1 });
      expect(body).toMatchObject({ cost: null, assumed: false });
      expect(body.reason).toContain('cost_per_1k_output');
      expect(body.parts).toEqual([
        { kind: 'input', tokens: 1000, rate: '1', cost: '1', assumed: false },
        { kind: 'output', tokens: 1, rate: null, cost: null, assumed: false },
      ]);
    });

    it('ignores the missing rate of a kind without tokens', async () => {
      expect(await costWith({ cost_per_1k_input: 1 }, { input: 1000, output: 0 })).toMatchObject({
        cost: '1',
      });
      expect(await costWith({}, { input: 0, output: 0 })).toMatchObject({ cost: '0', parts: [] });
    });

    it('assumes the input rate for a missing cache rate', async () => {
      const usage = { input: 1000, cache_write: 1000, cache_read: 1000 };
      const body = await costWith({ cost_per_1k_input: 2, cost_per_1k_cache_read: 0 }, usage);
      expect(body).toMatchObject({ cost: '4', assumed: true });
      expect(body.parts.map(({ kind, rate, assumed }: Json) => [kind, rate, assumed])).toEqual([
        ['input', '2', false],
        ['cache_write', '2', true],
        ['cache_read', '0', false],
      ]);
    });

    it('treats 0 as free', async () => {
      const free = { ...RATES, cost_per_1k_input: 0, cost_per_1k_output: 0 };
      expect(await costWith(free, { input: 5, output: 5 })).toMatchObject({ cost: '0', assumed: false });
      expect(await costWith({ ...RATES, multiplier: 0 }, INPUT)).toMatchObject({
        cost: '0',
        multiplier: '0',
      });
    });
  });

  describe('with a selector', () => {
    it('uses the rates of the selected model in the context', async () => {
      const tag = uniqueName('tag');
      const { id } = await createProvider(app.api);
      const plain = await createModel(app.api, id, { tags: [tag], cost_per_1k_input: 1 });
      const pro = await createModel(app.api, id, {
        tags: [tag],
        cost_per_1k_input: 2,
        when: { tier: 'pro' },
      });
      const body = { selector: `#${tag}`, usage: INPUT };
      expect((await cost({ ...body, context: { tier: 'pro' } })).body).toMatchObject({
        selector: pro.selector,
        cost: '2',
      });
      expect((await cost(body)).body).toMatchObject({ selector: plain.selector, cost: '1' });
    });

    it('returns the same error as resolve for unmatched and invalid selectors', async () => {
      for (const selector of ['nobody^x', 'no-such-model', '#', '^x', '#none']) {
        const response = await cost({ selector, usage: INPUT });
        expect([404, 422]).toContain(response.status);
        const resolved = await app.api.post('/v1/resolve', { selector });
        expect(withoutRequestIds(response)).toEqual(withoutRequestIds(resolved));
      }
    });
  });

  it('returns the cost of a named model whose API key cannot be decrypted', async () => {
    const model = await modelOf({ name: uniqueName('broken') }, { ...RATES, tags: ['broken'] });
    const provider = { id: model.provider_id };
    await app.database.query("UPDATE providers SET sealed_api_key = 'x' WHERE id = ?", [provider.id]);
    await app.api.patch(providerPath(provider), { advanced_json: { seed: 1 } });
    const [name] = model.selector.split('^');
    for (const by of [{ model_id: model.id }, { selector: model.selector }, { selector: `${name}^` }]) {
      expect((await cost({ ...by, usage: INPUT })).body).toMatchObject({ cost: '0.003' });
    }
    const response = await cost({ selector: '#broken', usage: INPUT });
    expect(problem(response)).toEqual({ status: 404, code: 'routing.no_route' });
    expect(response.body.detail).toContain('secret_undecryptable');
    await app.api.patch(providerPath(provider), { api_key: newApiKey() });
  });
});

import { readListedPrices } from './listed-prices';

const at = (host: string) => new URL(`https://${host}/v1/models`);

/** Each expectation is in US dollars per 1000 tokens. */
describe('readListedPrices', () => {
  it.each<[string, object, object]>([
    // USD a token: 0.000003 * 1000.
    [
      'openrouter.ai',
      { pricing: { prompt: '0.000003', completion: '0.000015' } },
      { input: 0.003, output: 0.015 },
    ],
    [
      'openrouter.ai',
      { pricing: { prompt: '0.00000025', completion: '0.000002', input_cache_read: '0.000000025' } },
      { input: 0.00025, output: 0.002, cache_read: 0.000025 },
    ],
    ['openrouter.ai', { pricing: { prompt: '0', completion: '0' } }, { input: 0, output: 0 }],
    [
      'api.poe.com',
      { pricing: { prompt: '0.0000026', completion: '0.000013' } },
      { input: 0.0026, output: 0.013 },
    ],
    [
      'api.sambanova.ai',
      { pricing: { prompt: '0.0000006', completion: '0.0000012' } },
      { input: 0.0006, output: 0.0012 },
    ],
    [
      'ai-gateway.vercel.sh',
      { pricing: { input: '0.000003', output: '0.000015' } },
      { input: 0.003, output: 0.015 },
    ],
    // USD a million: 0.88 / 1000.
    ['api.together.xyz', { pricing: { input: 0.88, output: 0.88 } }, { input: 0.00088, output: 0.00088 }],
    [
      'api.deepinfra.com',
      { metadata: { pricing: { input_tokens: 0.03, output_tokens: 0.05 } } },
      { input: 0.00003, output: 0.00005 },
    ],
    ['llm.chutes.ai', { pricing: { prompt: 0.4, completion: 1.75 } }, { input: 0.0004, output: 0.00175 }],
    [
      'api.venice.ai',
      { model_spec: { pricing: { input: { usd: 0.15, diem: 0.15 }, output: { usd: 0.6, diem: 0.6 } } } },
      { input: 0.00015, output: 0.0006 },
    ],
    [
      'router.huggingface.co',
      {
        providers: [
          { status: 'error', pricing: { input: 9, output: 9 } },
          { status: 'live', pricing: { input: 0.05, output: 0.1 } },
          { status: 'live', pricing: { input: 5, output: 5 } },
        ],
      },
      { input: 0.00005, output: 0.0001 },
    ],
    // 1/10 000 USD a million: 2690 / 10 000 = 0.269, / 1000.
    [
      'api.novita.ai',
      { input_token_price_per_m: 2690, output_token_price_per_m: 4000 },
      { input: 0.000269, output: 0.0004 },
    ],
    // 1/100 of a US cent a million: 2000 is 0.2.
    [
      'api.x.ai',
      { prompt_text_token_price: 2000, completion_text_token_price: 5000 },
      { input: 0.0002, output: 0.0005 },
    ],
    // The names state the unit at any host.
    [
      '127.0.0.1',
      { model_info: { input_cost_per_token: 0.000001, output_cost_per_token: 2e-6 } },
      { input: 0.001, output: 0.002 },
    ],
    [
      'nano-gpt.com',
      { pricing: { prompt: 2.5, completion: 10, currency: 'USD', unit: 'per_million_tokens' } },
      { input: 0.0025, output: 0.01 },
    ],
  ])('reads the unit of %s: %j', (host, entry, rates) => {
    expect(readListedPrices(entry as never, at(host))?.rates).toEqual(rates);
  });

  it.each<[string, string, object]>([
    ['a router without a price', 'openrouter.ai', { pricing: { prompt: '-1', completion: '-1' } }],
    [
      'a host whose unit is not known',
      'llm.example.com',
      { pricing: { prompt: '0.000003', completion: '0.000015' } },
    ],
    ['a host that only ends alike', 'openrouter.ai.example.com', { pricing: { prompt: '0.000003' } }],
    ['another currency', 'openrouter.ai', { pricing: { prompt: '1', completion: '1', currency: 'CNY' } }],
    [
      'zeros for an image model of Together',
      'api.together.xyz',
      { pricing: { hourly: 0, input: 0, output: 0 } },
    ],
    ['no prices', 'openrouter.ai', { pricing: null }],
    ['words', 'openrouter.ai', { pricing: { prompt: 'free', completion: 'free' } }],
  ])('reads none of %s', (_what, host, entry) => {
    expect(readListedPrices(entry as never, at(host))).toBeNull();
  });

  it('reads what is charged by request', () => {
    const pricing = { prompt: '0.000001', completion: '0.000002', request: '0.005', web_search: '0' };
    expect(readListedPrices({ pricing }, at('openrouter.ai'))?.units).toEqual({ request: 0.005 });
    const model_info = {
      input_cost_per_token: 0,
      output_cost_per_token: 2.8e-7,
      input_cost_per_request: 0.005,
    };
    expect(readListedPrices({ model_info }, at('litellm.example'))?.units).toEqual({ request: 0.005 });
  });

  const PAID = { prompt: '0.000003', completion: '0.000015' };

  /** Zeros stand for prices that the list does not know, so only the parent's rate is left, and the cost is assumed. */
  it.each<[string, object, object]>([
    [
      'openrouter.ai',
      {
        pricing: {
          ...PAID,
          internal_reasoning: '0',
          input_cache_read: '0',
          input_cache_write: '0',
          audio: '0.0',
        },
      },
      { input: 0.003, output: 0.015 },
    ],
    [
      'openrouter.ai',
      { pricing: { ...PAID, input_cache_read: '0.0000003', input_cache_write_1h: '0', image_output: '0' } },
      { input: 0.003, output: 0.015, cache_read: 0.0003 },
    ],
    [
      'api.deepinfra.com',
      { metadata: { pricing: { input_tokens: 0.5, output_tokens: 1, cache_read_tokens: 0 } } },
      { input: 0.0005, output: 0.001 },
    ],
    [
      'api.together.ai',
      { pricing: { input: 0.2, output: 0.6, cached_input: 0 } },
      { input: 0.0002, output: 0.0006 },
    ],
    [
      'api.x.ai',
      {
        prompt_text_token_price: 20000,
        completion_text_token_price: 60000,
        cached_prompt_text_token_price: 0,
        prompt_image_token_price: 0,
      },
      { input: 0.002, output: 0.006 },
    ],
    [
      'api.venice.ai',
      { model_spec: { pricing: { input: { usd: 1 }, output: { usd: 2 }, cache_input: { usd: 0 } } } },
      { input: 0.001, output: 0.002 },
    ],
    [
      '127.0.0.1',
      {
        model_info: {
          input_cost_per_token: 1e-6,
          output_cost_per_token: 2e-6,
          cache_creation_input_token_cost: 0,
          output_cost_per_reasoning_token: 0,
        },
      },
      { input: 0.001, output: 0.002 },
    ],
    // Embeddings have no output, so it costs nothing.
    ['openrouter.ai', { pricing: { prompt: '0.00000002', completion: '0' } }, { input: 0.00002, output: 0 }],
    // A model is free if nothing of it has a price.
    [
      'openrouter.ai',
      { pricing: { prompt: '0', completion: '0', input_cache_read: '0', internal_reasoning: '0' } },
      { input: 0, output: 0, cache_read: 0, output_reasoning: 0 },
    ],
    // The fee for a search is not one for tokens.
    [
      'openrouter.ai',
      { pricing: { prompt: '0', completion: '0', web_search: '0.005' } },
      { input: 0, output: 0 },
    ],
  ])('does not take a placeholder of %s for a price: %j', (host, entry, rates) => {
    expect(readListedPrices(entry as never, at(host))?.rates).toEqual(rates);
  });

  const FREE = { input_cost_per_token: 0, output_cost_per_token: 0 };

  it.each<[string, object]>([
    ['127.0.0.1', { model_info: { ...FREE, input_cost_per_second: 0.0001 } }],
    ['127.0.0.1', { model_info: { ...FREE, output_cost_per_image: 0.04 } }],
    ['127.0.0.1', { ...FREE, input_cost_per_character: 0.000015 }],
    ['127.0.0.1', { ...FREE, input_cost_per_query: 0.002 }],
    ['127.0.0.1', { ...FREE, input_cost_per_audio_token: 0.000006 }],
    ['127.0.0.1', { ...FREE, input_cost_per_token_above_128k_tokens: 0.000001 }],
    ['openrouter.ai', { pricing: { prompt: '0', completion: '0', image: '0.04' } }],
    ['openrouter.ai', { pricing: { prompt: '0', completion: '0', image_output: '0.00003' } }],
    ['ai-gateway.vercel.sh', { pricing: { input: '0', output: '0', image: '0.04' } }],
    ['api.poe.com', { pricing: { prompt: '0', completion: '0', request: '0.03' } }],
    ['api.deepinfra.com', { metadata: { pricing: { input_tokens: 0, output_tokens: 0, per_image: 0.01 } } }],
    ['api.x.ai', { prompt_text_token_price: 0, completion_text_token_price: 0, image_price: 7 }],
    ['api.novita.ai', { input_token_price_per_m: 0, output_token_price_per_m: 0, price_per_image: 10 }],
  ])('reads no zeros beside a price in another unit at %s: %j', (host, entry) => {
    expect(readListedPrices(entry as never, at(host))).toBeNull();
  });

  it.each(['0x10', '1_000', '1,5', '0b1', ' ', '3 USD', '1e400', '1e-30'])(
    'does not read %j as a price',
    (prompt) => {
      expect(readListedPrices({ pricing: { prompt } }, at('openrouter.ai'))).toBeNull();
    },
  );
});

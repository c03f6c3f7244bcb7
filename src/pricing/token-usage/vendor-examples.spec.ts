import { createRequire } from 'node:module';
import type * as GenaiPrices from '@pydantic/genai-prices';
import Big from 'big.js';
import { CATALOGUE, PriceCatalogue } from '../../discovery/price-catalogue';
import type { SuggestedCosts } from '../../discovery/suggested-costs';
import { calculateCost } from '../cost-calculator';
import type { Rates } from '../rate-table';
import { normaliseUsage } from './usage-normaliser';

const { calcPrice, extractUsage, findProvider } = createRequire(__filename)(
  CATALOGUE.name,
) as typeof GenaiPrices;

interface VendorExample {
  readonly what: string;
  readonly kind: 'openai' | 'anthropic';
  readonly model: string;
  /** The name of the API in genai-prices. */
  readonly flavor: string;
  readonly usage: Record<string, unknown>;
  readonly rates: Rates;
  readonly cost: string;
}

/** platform.claude.com/docs/en/build-with-claude/prompt-caching, "Pricing": $3, $15, $3.75 and $0.30 per million. */
const SONNET_4: Rates = {
  input: 0.003,
  output: 0.015,
  cacheWrite: 0.00375,
  cacheRead: 0.0003,
  multiplier: 1,
  sheet: null,
};
/** developers.openai.com/api/docs/models/gpt-4.1: $2, $8 and, cached, $0.50 per million. */
const GPT_41: Rates = {
  input: 0.002,
  output: 0.008,
  cacheWrite: null,
  cacheRead: 0.0005,
  multiplier: 1,
  sheet: null,
};
/** developers.openai.com/api/docs/models/gpt-4o: $2.50, $10 and, cached, $1.25 per million. */
const GPT_4O: Rates = {
  input: 0.0025,
  output: 0.01,
  cacheWrite: null,
  cacheRead: 0.00125,
  multiplier: 1,
  sheet: null,
};

const NOW = { at: 0 };

const EXAMPLES: VendorExample[] = [
  {
    // platform.openai.com/docs/api-reference/chat/object: 19 × 0.000002 + 10 × 0.000008 = 0.000038 + 0.00008
    what: 'the chat completion object',
    kind: 'openai',
    model: 'gpt-4.1-2025-04-14',
    flavor: 'chat',
    usage: {
      prompt_tokens: 19,
      completion_tokens: 10,
      total_tokens: 29,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    rates: GPT_41,
    cost: '0.000118',
  },
  {
    // developers.openai.com/api/docs/guides/prompt-caching, 2006 - 1920 = 86:
    // 86 × 0.0000025 + 300 × 0.00001 + 1920 × 0.00000125 = 0.000215 + 0.003 + 0.0024
    what: "the prompt caching guide's chat completion",
    kind: 'openai',
    model: 'gpt-4o',
    flavor: 'chat',
    usage: {
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1920 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    rates: GPT_4O,
    cost: '0.005615',
  },
  {
    // platform.openai.com/docs/api-reference/responses/create: 36 × 0.000002 + 87 × 0.000008 = 0.000072 + 0.000696
    what: 'the response object',
    kind: 'openai',
    model: 'gpt-4.1-2025-04-14',
    flavor: 'responses',
    usage: {
      input_tokens: 36,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 87,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 123,
    },
    rates: GPT_41,
    cost: '0.000768',
  },
  {
    // platform.openai.com/docs/api-reference/embeddings/create at $0.10 per million: 8 × 0.0000001
    what: 'embeddings',
    kind: 'openai',
    model: 'text-embedding-ada-002',
    flavor: 'embeddings',
    usage: { prompt_tokens: 8, total_tokens: 8 },
    rates: { input: 0.0001, output: null, cacheWrite: null, cacheRead: null, multiplier: 1, sheet: null },
    cost: '0.0000008',
  },
  {
    // platform.claude.com/docs/en/build-with-claude/prompt-caching, the first call with all of "Pride and Prejudice":
    // 21 × 0.000003 + 393 × 0.000015 + 188086 × 0.00000375 = 0.000063 + 0.005895 + 0.7053225
    what: 'a message that writes the cache',
    kind: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    flavor: 'default',
    usage: {
      cache_creation_input_tokens: 188086,
      cache_read_input_tokens: 0,
      input_tokens: 21,
      output_tokens: 393,
    },
    rates: SONNET_4,
    cost: '0.7112805',
  },
  {
    // The second call: 21 × 0.000003 + 393 × 0.000015 + 188086 × 0.0000003 = 0.000063 + 0.005895 + 0.0564258
    what: 'a message that reads the cache',
    kind: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    flavor: 'default',
    usage: {
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 188086,
      input_tokens: 21,
      output_tokens: 393,
    },
    rates: SONNET_4,
    cost: '0.0623838',
  },
  {
    // platform.claude.com/docs/en/api/messages: 2095 × 0.000003 + 503 × 0.000015 = 0.006285 + 0.007545
    what: 'the message object',
    kind: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    flavor: 'default',
    usage: { input_tokens: 2095, output_tokens: 503 },
    rates: SONNET_4,
    cost: '0.01383',
  },
];

describe("calculateCost for the vendors' examples", () => {
  it.each(EXAMPLES)('$what of $model costs $cost', ({ kind, usage, rates, cost }) => {
    expect(calculateCost(normaliseUsage(usage, { kind }), rates, NOW)).toMatchObject({
      cost,
      assumed: false,
    });
  });

  it('equals genai-prices within the precision of binary floats', () => {
    const catalogue = new PriceCatalogue();
    for (const { what, kind, model, flavor, usage, rates } of EXAMPLES) {
      const theirs = extractUsage(findProvider({ providerId: kind })!, { model, usage }, flavor);
      const normalised = normaliseUsage(usage, { kind });
      const { tokens } = normalised;
      expect([what, tokens.input + tokens.cache_write + tokens.cache_read]).toEqual([
        what,
        theirs.usage.input_tokens,
      ]);
      const suggested = catalogue.suggest(kind, null, model)!;
      expect(toRates(suggested)).toEqual(rates);
      expectSame(
        calculateCost(normalised, rates, NOW).cost!,
        calcPrice(theirs.usage, model, { providerId: kind })!.total_price,
      );
    }
  });

  it('equals genai-prices for models with flat prices', () => {
    const models = {
      openai: ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-nano', 'gpt-5', 'gpt-5-mini', 'o3', 'o4-mini'],
      anthropic: [
        'claude-3-haiku-20240307',
        'claude-3-5-haiku-20241022',
        'claude-haiku-4-5',
        'claude-opus-4-1',
      ],
    };
    const catalogue = new PriceCatalogue();
    for (const [kind, names] of Object.entries(models) as ['openai' | 'anthropic', string[]][]) {
      for (const name of names) {
        const suggested = catalogue.suggest(kind, null, name)!;
        const rates = toRates(suggested);
        const usage = {
          input: 1234,
          output: 567,
          cache_write: kind === 'anthropic' ? 4321 : 0,
          cache_read: 98765,
        };
        const theirs = calcPrice(
          {
            input_tokens: usage.input + usage.cache_write + usage.cache_read,
            output_tokens: usage.output,
            cache_write_tokens: usage.cache_write,
            cache_read_tokens: usage.cache_read,
          },
          name,
          { providerId: kind },
        )!;
        const ours = calculateCost(normaliseUsage(usage, { kind }), rates, NOW);
        expect(ours.assumed).toBe(false);
        expectSame(ours.cost!, theirs.total_price);
      }
    }
  });
});

function toRates(suggested: SuggestedCosts): Rates {
  return {
    input: suggested.cost_per_1k_input,
    output: suggested.cost_per_1k_output,
    cacheWrite: suggested.cost_per_1k_cache_write,
    cacheRead: suggested.cost_per_1k_cache_read,
    multiplier: 1,
    sheet: null,
  };
}

/** genai-prices sums four products in doubles, which has a relative error of at most 8 × 2^-53. */
function expectSame(ours: string, theirs: number): void {
  const tolerance = new Big(ours).times(8 * 2 ** -53);
  expect(new Big(ours).minus(String(theirs)).abs().lte(tolerance)).toBe(true);
}

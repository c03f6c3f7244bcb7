import Big from 'big.js';
import fc from 'fast-check';
import { PatternCache } from '../rules/pattern-cache';
import { calculateCost } from './cost-calculator';
import { readPlainUsage } from './plain-usage';
import { priceUsage } from './price-usage';
import { normaliseUsage } from './token-usage/usage-normaliser';

const RUN = { patterns: new PatternCache(), beforeCondition: () => undefined };

describe('readPlainUsage', () => {
  it('reads and prices a plain usage like the reader of all others', () => {
    const count = fc.nat({ max: 3000 });
    const zero = fc.constantFrom(0, 0, 0, 5, null);
    const details = fc.option(
      fc.record(
        {
          cached_tokens: count,
          reasoning_tokens: count,
          audio_tokens: zero,
          rejected_prediction_tokens: zero,
        },
        { requiredKeys: [] },
      ),
    );
    const usages = fc.oneof(
      fc.record(
        {
          prompt_tokens: count,
          completion_tokens: count,
          total_tokens: count,
          prompt_tokens_details: details,
          completion_tokens_details: details,
          cost: fc.constantFrom(0.5, null),
          cost_details: fc.constant({ upstream_inference_cost: 0.4 }),
          is_byok: fc.boolean(),
          queue_time: fc.constant(0.25),
        },
        { requiredKeys: ['prompt_tokens'] },
      ),
      fc.record(
        {
          input_tokens: count,
          output_tokens: count,
          total_tokens: count,
          input_tokens_details: details,
          output_tokens_details: details,
        },
        { requiredKeys: ['input_tokens'] },
      ),
      fc.record(
        {
          input_tokens: count,
          output_tokens: count,
          cache_creation_input_tokens: fc.constantFrom(0, 7, 9, null),
          cache_read_input_tokens: fc.oneof(count, zero),
          cache_creation: fc.record({
            ephemeral_5m_input_tokens: fc.constantFrom(0, 7),
            ephemeral_1h_input_tokens: fc.constantFrom(0, 0, 3),
          }),
          service_tier: fc.constantFrom('standard', 'priority', null),
          inference_geo: fc.constantFrom('global', 'us', null),
          server_tool_use: fc.constantFrom(null, { web_search_requests: 1 }),
        },
        { requiredKeys: ['input_tokens', 'output_tokens'] },
      ),
    );
    const rate = fc.constantFrom(null, 0, 0.003, 0.000000001, 12.5);
    const rates = fc.record({ input: rate, output: rate, cacheWrite: rate, cacheRead: rate });
    const endpoints = fc.constantFrom(undefined, 'chat_completions', 'embeddings', 'batch');
    const sheets = fc.constantFrom(
      null,
      { note: 'from the vendor' },
      { rates: { output_reasoning: '0.5' }, units: { request: '0.001' } },
      { tiers: [{ above_input_tokens: 2000, input: 1 }] },
      { adjustments: [{ when: { endpoint: 'batch' }, multiplier: '0.5' }] },
    );
    let plain = 0;
    const exactTotal = (usage: Record<string, unknown>): Record<string, unknown> =>
      usage['total_tokens'] !== undefined && Number(usage['total_tokens']) % 2 === 0
        ? {
            ...usage,
            total_tokens:
              Number(usage['prompt_tokens'] ?? usage['input_tokens'] ?? 0) +
              Number(usage['completion_tokens'] ?? usage['output_tokens'] ?? 0),
          }
        : usage;
    fc.assert(
      fc.property(
        usages,
        rates,
        fc.constantFrom('openai', 'anthropic'),
        endpoints,
        sheets,
        (random, some, kind, endpoint, sheet) => {
          const usage = exactTotal(random);
          if (readPlainUsage(usage, kind, endpoint) === null) return;
          plain += 1;
          const given = { kind, endpoint, at: 0, rates: { ...some, multiplier: 1.5, sheet }, ...RUN };
          const {
            cost,
            assumed,
            usage: shown,
          } = calculateCost(normaliseUsage(usage, given), given.rates, given);
          const priced = priceUsage(usage, given);
          const exact = cost === null ? null : new Big(cost).round(12).toFixed();
          const isAssumed = priced.costState === 'assumed' || (cost === null && assumed);
          expect([priced.cost, isAssumed]).toEqual([exact, assumed]);
          expect(priced.counts).toMatchObject({
            inputTokens: shown.input,
            outputTokens: shown.output + (shown.output_reasoning ?? 0),
            cacheWriteTokens: shown.cache_write,
            cacheReadTokens: shown.cache_read,
          });
        },
      ),
      { numRuns: 3000 },
    );
    expect(plain).toBeGreaterThan(100);
  });
});

import Big from 'big.js';
import fc from 'fast-check';
import { costOf, type ListedPrices, SONNET } from './fixtures/cost-of';

/** Above 200,000 tokens of input, $6 and $22.50 per million. */
const PRICES: ListedPrices = {
  ...SONNET,
  sheet: { tiers: [{ above_input_tokens: 200_000, input: '0.006', output: '0.0225' }] },
};

const message = { type: 'message', input_tokens: 23_000, output_tokens: 1000 };

describe('calculateCost for the samplings of one usage', () => {
  it.each([
    {
      what: 'a compaction and a message that exceed the tier only together',
      usage: {
        input_tokens: 23_000,
        output_tokens: 1000,
        iterations: [{ type: 'compaction', input_tokens: 180_000, output_tokens: 3500 }, message],
      },
      // 203000 × 3 + 4500 × 15 = 609000 + 67500 millionths
      cost: '0.6765',
      tier: null,
      parts: ['input 203000 0.003', 'output 4500 0.015'],
    },
    {
      what: 'a compaction above the tier and a message below it',
      usage: {
        input_tokens: 23_000,
        output_tokens: 1000,
        iterations: [{ type: 'compaction', input_tokens: 210_000, output_tokens: 3500 }, message],
      },
      // 23000 × 3 + 210000 × 6 + 1000 × 15 + 3500 × 22.5 = 69000 + 1260000 + 15000 + 78750 millionths
      cost: '1.42275',
      tier: 200_000,
      parts: ['input 23000 0.003', 'input 210000 0.006', 'output 1000 0.015', 'output 3500 0.0225'],
    },
    {
      what: 'a compaction whose cache reads count for its tier',
      usage: {
        input_tokens: 23_000,
        output_tokens: 1000,
        iterations: [
          { type: 'compaction', input_tokens: 50_000, cache_read_input_tokens: 160_000, output_tokens: 0 },
          message,
        ],
      },
      // 23000 × 3 + 50000 × 6 + 1000 × 15 + 160000 × 0.3 = 69000 + 300000 + 15000 + 48000 millionths
      cost: '0.432',
      tier: 200_000,
      parts: ['input 23000 0.003', 'input 50000 0.006', 'output 1000 0.015', 'cache_read 160000 0.0003'],
    },
    {
      what: 'two messages, whose sum is the usage',
      usage: {
        input_tokens: 300_000,
        output_tokens: 2000,
        iterations: [
          { type: 'message', input_tokens: 150_000, output_tokens: 1000 },
          { type: 'message', input_tokens: 150_000, output_tokens: 1000 },
        ],
      },
      // 300000 × 3 + 2000 × 15 = 900000 + 30000 millionths
      cost: '0.93',
      tier: null,
      parts: ['input 300000 0.003', 'output 2000 0.015'],
    },
    {
      what: 'messages that are not the whole usage, which is then one sampling',
      usage: {
        input_tokens: 300_000,
        output_tokens: 2000,
        iterations: [message, message],
      },
      // 300000 × 6 + 2000 × 22.5 = 1800000 + 45000 millionths
      cost: '1.845',
      tier: 200_000,
      parts: ['input 300000 0.006', 'output 2000 0.0225'],
    },
  ])('prices $what', ({ usage, cost, tier, parts }) => {
    const actual = costOf({ kind: 'anthropic', usage, prices: PRICES });
    expect(actual).toMatchObject({ cost, assumed: false });
    expect(actual.tier?.above_input_tokens ?? null).toBe(tier);
    expect(actual.parts.map(({ kind, tokens, rate }) => `${kind} ${tokens} ${rate}`)).toEqual(parts);
  });

  it('is the sum of the costs of each alone', () => {
    const counts = fc.record({ input_tokens: fc.nat(400_000), output_tokens: fc.nat(9000) });
    const sampling = fc.record({ type: fc.constantFrom('message', 'compaction'), counts });
    fc.assert(
      fc.property(fc.array(sampling, { minLength: 1 }), (samplings) => {
        const messages = samplings.filter(({ type }) => type === 'message').map((one) => one.counts);
        const sumOf = (name: 'input_tokens' | 'output_tokens'): number =>
          messages.reduce((sum, one) => sum + one[name], 0);
        const usage = {
          input_tokens: sumOf('input_tokens'),
          output_tokens: sumOf('output_tokens'),
          iterations: samplings.map((one) => ({ type: one.type, ...one.counts })),
        };
        const actual = costOf({ kind: 'anthropic', usage, prices: PRICES });
        const alone = samplings.map((one) =>
          costOf({ kind: 'anthropic', usage: one.counts, prices: PRICES }),
        );
        const total = alone.reduce((sum, { cost }) => sum.plus(cost!), new Big(0));
        expect(actual.cost).toBe(total.toFixed());
        const parts = actual.parts.reduce((sum, { cost }) => sum.plus(cost!), new Big(0));
        expect(parts.toFixed()).toBe(actual.cost);
      }),
    );
  });
});

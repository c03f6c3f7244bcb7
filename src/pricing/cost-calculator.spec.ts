import fc from 'fast-check';
import { type Cost, calculateCost as calculate } from './cost-calculator';
import { MODEL_KINDS, type ModelKind } from './price-kinds';
import type { Rates } from './rate-table';
import { normaliseUsage } from './token-usage/usage-normaliser';

const RATES: Rates = {
  input: 0.003,
  output: 0.015,
  cacheWrite: 0.00375,
  cacheRead: 0.0003,
  multiplier: 1,
  sheet: null,
};

const calculateCost = (usage: Record<ModelKind, number>, rates: Rates): Cost =>
  calculate(normaliseUsage(usage, { kind: 'openai' }), rates, { at: 0 });
const NONE = { input: 0, output: 0, cache_write: 0, cache_read: 0 };

describe('calculateCost', () => {
  it('sums the costs of each kind of tokens', () => {
    const usage = { input: 1000, output: 200, cache_write: 400, cache_read: 10000 };
    expect(calculateCost(usage, RATES)).toEqual({
      cost: '0.0105',
      currency: 'USD',
      assumed: false,
      multiplier: '1',
      parts: [
        { kind: 'input', tokens: 1000, rate: '0.003', cost: '0.003', assumed: false },
        { kind: 'output', tokens: 200, rate: '0.015', cost: '0.003', assumed: false },
        { kind: 'cache_write', tokens: 400, rate: '0.00375', cost: '0.0015', assumed: false },
        { kind: 'cache_read', tokens: 10000, rate: '0.0003', cost: '0.003', assumed: false },
      ],
      units: [],
      tier: null,
      adjustments: [],
      not_priced: [],
      reported: null,
      difference: null,
      usage,
    });
  });

  it('returns exact decimals without exponents', () => {
    // In binary floats 3 × 0.1 is 0.30000000000000004.
    expect(calculateCost({ ...NONE, input: 3000 }, { ...RATES, input: 0.1 }).cost).toBe('0.3');
    const tiny = calculateCost({ ...NONE, input: 1 }, { ...RATES, input: 1e-12, multiplier: 1e-12 });
    expect(tiny.cost).toBe('0.000000000000000000000000001');
    expect(tiny.parts[0]?.rate).toBe('0.000000000001');
    expect(tiny.multiplier).toBe('0.000000000001');
    const huge = calculateCost(
      { ...NONE, input: Number.MAX_SAFE_INTEGER },
      { ...RATES, input: 999999999.999999, multiplier: 1e9 },
    );
    // 9007199254740991 / 1000 × 999999999.999999 × 10^9 = 9007199254740991 × (10^15 - 1)
    expect(huge.cost).toBe('9007199254740981992800745259009');
  });

  it('applies the multiplier to the cost of each part, but not to its rate', () => {
    const { cost, multiplier, parts } = calculateCost(
      { ...NONE, input: 1000, output: 1000 },
      { ...RATES, multiplier: 1.2 },
    );
    expect([cost, multiplier]).toEqual(['0.0216', '1.2']);
    expect(parts.map(({ rate, cost }) => [rate, cost])).toEqual([
      ['0.003', '0.0036'],
      ['0.015', '0.018'],
    ]);
  });

  it('assumes the input rate for a missing cache rate', () => {
    const usage = { input: 1000, output: 0, cache_write: 1000, cache_read: 1000 };
    const { cost, assumed, parts, reason } = calculateCost(usage, {
      ...RATES,
      cacheWrite: null,
      cacheRead: null,
    });
    expect({ cost, assumed, reason }).toEqual({ cost: '0.009', assumed: true, reason: undefined });
    expect(parts.map((part) => part.assumed)).toEqual([false, true, true]);
    expect(parts.map((part) => part.rate)).toEqual(['0.003', '0.003', '0.003']);
  });

  it('returns null with the reason if an input or output rate is missing', () => {
    const usage = { ...NONE, input: 1000, output: 10 };
    const noOutput = calculateCost(usage, { ...RATES, output: null });
    expect(noOutput).toMatchObject({ cost: null, assumed: false });
    expect(noOutput.reason).toMatch(/cost_per_1k_output/);
    expect(noOutput.reason).not.toMatch(/cost_per_1k_input/);
    expect(noOutput.parts).toEqual([
      { kind: 'input', tokens: 1000, rate: '0.003', cost: '0.003', assumed: false },
      { kind: 'output', tokens: 10, rate: null, cost: null, assumed: false },
    ]);
    expect(calculateCost(usage, { ...RATES, input: null, multiplier: 0 }).cost).toBeNull();
    const noInput = calculateCost({ ...NONE, cache_read: 5 }, { ...RATES, input: null, cacheRead: null });
    expect(noInput).toMatchObject({ cost: null, assumed: false });
    expect(noInput.reason).toMatch(/cost_per_1k_cache_read/);
  });

  it('ignores a missing rate of a kind without tokens', () => {
    const unknown = {
      input: null,
      output: null,
      cacheWrite: null,
      cacheRead: null,
      multiplier: 1,
      sheet: null,
    };
    expect(calculateCost({ ...NONE, input: 1000 }, { ...unknown, input: 0.002 })).toMatchObject({
      cost: '0.002',
      assumed: false,
    });
    expect(calculateCost({ ...NONE, cache_read: 1000 }, { ...unknown, cacheRead: 0.002 }).cost).toBe('0.002');
    const nothing = calculateCost(NONE, unknown);
    expect(nothing).toMatchObject({ cost: '0', assumed: false, parts: [], usage: NONE });
    expect(nothing).not.toHaveProperty('reason');
  });

  it('distinguishes free from unknown', () => {
    const free = calculateCost(
      { ...NONE, input: 1000, cache_read: 5 },
      { ...RATES, input: 0, cacheRead: null },
    );
    expect(free).toMatchObject({ cost: '0', assumed: true });
    expect(free.parts.map(({ cost }) => cost)).toEqual(['0', '0']);
    expect(calculateCost({ ...NONE, output: 5 }, { ...RATES, multiplier: 0 }).cost).toBe('0');
  });
});

describe('calculateCost for any usage and rates', () => {
  const DECIMALS = 12;
  const tokens = fc.oneof(fc.nat(1_000_000), fc.maxSafeNat());
  const usages = fc.record({ input: tokens, output: tokens, cache_write: tokens, cache_read: tokens });
  /** Amounts with at most twelve decimals, as the API accepts them, and the same in units of 10^-12. */
  const amounts = fc.tuple(fc.nat(999_999), fc.nat(DECIMALS)).map(([digits, places]) => ({
    value: Number(`${digits}e-${places}`),
    units: BigInt(digits) * 10n ** BigInt(DECIMALS - places),
  }));
  const rates = fc.record({
    input: amounts,
    output: amounts,
    cacheWrite: fc.option(amounts),
    cacheRead: fc.option(amounts),
    multiplier: amounts,
  });
  type Prices = typeof rates extends fc.Arbitrary<infer Value> ? Value : never;

  const costAt = (usage: Record<ModelKind, number>, prices: Prices): Cost =>
    calculateCost(usage, {
      input: prices.input.value,
      output: prices.output.value,
      cacheWrite: prices.cacheWrite?.value ?? null,
      cacheRead: prices.cacheRead?.value ?? null,
      multiplier: prices.multiplier.value,
      sheet: null,
    });

  /** Converts a plain decimal to a whole number of units of 10^-places. */
  function units(decimal: string, places: number): bigint {
    const [whole = '', fraction = ''] = decimal.split('.');
    return BigInt(whole + fraction.padEnd(places, '0'));
  }

  it('equals the calculation in whole numbers', () => {
    fc.assert(
      fc.property(usages, rates, (usage, prices) => {
        const sum =
          BigInt(usage.input) * prices.input.units +
          BigInt(usage.output) * prices.output.units +
          BigInt(usage.cache_write) * (prices.cacheWrite ?? prices.input).units +
          BigInt(usage.cache_read) * (prices.cacheRead ?? prices.input).units;
        const { cost } = costAt(usage, prices);
        // Tokens in thousandths, rates and the multiplier in units of 10^-12.
        expect(units(cost!, 2 * DECIMALS + 3)).toBe(sum * prices.multiplier.units);
      }),
    );
  });

  it('is the sum of its parts in plain notation without trailing zeros', () => {
    fc.assert(
      fc.property(usages, rates, (usage, prices) => {
        const { cost, parts } = costAt(usage, prices);
        const places = 2 * DECIMALS + 3;
        const sum = parts.reduce((total, part) => total + units(part.cost!, places), 0n);
        expect(units(cost!, places)).toBe(sum);
        for (const amount of [cost!, ...parts.flatMap((part) => [part.cost!, part.rate!])]) {
          expect(amount).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/);
        }
        expect(parts.map(({ kind }) => kind)).toEqual(MODEL_KINDS.filter((kind) => usage[kind] > 0));
      }),
    );
  });
});

import { costOf, SONNET } from './fixtures/cost-of';
import type { PriceWindow } from './price-sheet';

const MILLION = 1_000_000;

describe('calculateCost with tiers', () => {
  const sheet = {
    rates: { input_audio: '0.05' },
    tiers: [
      { above_input_tokens: 200_000, input: '0.006', output: '0.0225' },
      { above_input_tokens: 500_000, input: '0.009', input_audio: '0.06', cache_read: null },
    ],
  };
  const prices = { ...SONNET, sheet };
  const costFor = (usage: object) => costOf({ usage, prices });

  it('applies the rates of a tier to the whole request once all input exceeds it', () => {
    expect(costFor({ input: 200_000, output: 1000 })).toMatchObject({ cost: '0.615', tier: null });
    // 1 × 6 + 200000 × 0.3 + 1000 × 22.5 millionths. The tier leaves out cache reads.
    expect(costFor({ input: 1, cache_read: 200_000, output: 1000 })).toMatchObject({
      cost: '0.082506',
      tier: { above_input_tokens: 200_000 },
    });
  });

  it('applies the highest tier that is exceeded, in any order', () => {
    const usage = { input: 500_001, output: 1000 };
    // 500001 × 9 + 1000 × 15 millionths. The tier leaves out the output.
    const expected = { cost: '4.515009', tier: { above_input_tokens: 500_000 } };
    expect(costFor(usage)).toMatchObject(expected);
    const reversed = { ...sheet, tiers: [...sheet.tiers].reverse() };
    expect(costOf({ usage, prices: { ...prices, sheet: reversed } })).toMatchObject(expected);
  });

  it('replaces the rates of finer kinds, too', () => {
    // 1000 × 50 and 500001 × 60 millionths
    expect(costFor({ input_audio: 1000 })).toMatchObject({ cost: '0.05', tier: null });
    expect(costFor({ input_audio: 500_001 })).toMatchObject({ cost: '30.00006' });
  });

  it('counts no citations as input', () => {
    expect(costFor({ input: 1, citation: 300_000 }).tier).toBeNull();
  });
});

describe('calculateCost with units', () => {
  it('multiplies units by the multiplier, but not by adjustments', () => {
    const cost = costOf({
      usage: { input_tokens: 1000, output_tokens: 0, service_tier: 'batch', web_search_calls: 3 },
      prices: {
        ...SONNET,
        multiplier: 2,
        sheet: {
          units: { request: '0.005', web_search: 0.01 },
          adjustments: [{ when: { service_tier: 'batch' }, multiplier: 0.5 }],
        },
      },
    });
    // 1000 × 3 millionths × 0.5 × 2 + 0.005 × 2 + 3 × 0.01 × 2
    expect(cost).toMatchObject({ cost: '0.073', assumed: false, multiplier: '2' });
    expect(cost.units).toEqual([
      { kind: 'request', quantity: 1, rate: '0.005', cost: '0.01' },
      { kind: 'web_search', quantity: 3, rate: '0.01', cost: '0.06' },
    ]);
    expect(cost.adjustments).toEqual([{ when: { service_tier: 'batch' }, multiplier: '0.5' }]);
  });

  it('charges a request without tokens', () => {
    const prices = { sheet: { units: { request: '0.005' } } };
    expect(costOf({ usage: { input: 0 }, prices }).cost).toBe('0');
    expect(costOf({ usage: { request: 2 }, prices }).cost).toBe('0.01');
    expect(costOf({ usage: { prompt_tokens: 0 }, prices }).cost).toBe('0.005');
  });
});

describe('calculateCost with adjustments', () => {
  const usage = { input_tokens: MILLION, output_tokens: 0 };
  const adjustments = [
    { when: { service_tier: { $in: ['batch', 'flex'] } }, multiplier: '0.5' },
    { when: { inference_geo: 'us' }, multiplier: '1.1' },
    { when: { modality: 'audio' }, multiplier: '10' },
    { when: { endpoint: 'batch' }, multiplier: '0.9' },
  ];
  const prices = { ...SONNET, sheet: { adjustments } };

  it('multiplies all that apply', () => {
    const both = { ...usage, service_tier: 'flex', inference_geo: 'us' };
    expect(costOf({ usage: both, prices })).toMatchObject({ cost: '1.65', assumed: false });
    const audio = { ...usage, input_tokens_details: { audio_tokens: 1 } };
    expect(costOf({ usage: audio, prices })).toMatchObject({ cost: '30', assumed: true });
  });

  it('takes the batch endpoint for the tier of a batch', () => {
    expect(costOf({ usage, prices, endpoint: 'batch' })).toMatchObject({ cost: '1.35', not_priced: [] });
  });

  it('lists a modifier that no adjustment covers', () => {
    for (const [fact, value] of [
      ['service_tier', 'priority'],
      ['inference_geo', 'eu'],
      ['speed', 'fast'],
    ] as const) {
      const cost = costOf({ usage: { ...usage, [fact]: value }, prices });
      expect(cost).toMatchObject({ cost: '3', assumed: true });
      expect(cost.not_priced).toEqual([
        { pointer: `/usage/${fact}`, quantity: null, reason: expect.stringContaining(value) as string },
      ]);
    }
  });

  it.each([
    { service_tier: 'standard', speed: 'standard', inference_geo: 'global' },
    { service_tier: 'default', speed: null, inference_geo: 'not_available' },
    { service_tier: 'auto', inference_geo: '' },
  ])('needs none for %j', (modifiers) => {
    expect(costOf({ usage: { ...usage, ...modifiers }, prices })).toMatchObject({
      cost: '3',
      assumed: false,
    });
  });

  it('ignores an adjustment whose stored rule is corrupt', () => {
    const corrupt = [
      { when: { speed: { $regex: '(' } }, multiplier: '9' },
      { when: { speed: {} }, multiplier: '8' },
    ];
    const sheet = { adjustments: corrupt };
    expect(costOf({ usage: { ...usage, speed: 'fast' }, prices: { ...SONNET, sheet } }).cost).toBe('3');
  });
});

describe('calculateCost with a schedule', () => {
  const WINDOW = { from: '16:30', to: '00:30', timezone: 'UTC', multiplier: '0.5' };
  const isOpenAt = (window: PriceWindow, at: string): boolean => {
    const cost = costOf({
      usage: { input: MILLION },
      prices: { ...SONNET, sheet: { schedule: [window] } },
      at,
    });
    expect(cost.adjustments).toHaveLength(cost.cost === '1.5' ? 1 : 0);
    return cost.cost === '1.5';
  };

  it.each([
    ['2026-11-02T16:29:59.999Z', false],
    ['2026-11-02T16:30:00Z', true],
    ['2026-11-03T00:29:59.999Z', true],
    ['2026-11-03T00:30:00Z', false],
  ])('is open at %s: %s', (at, expected) => {
    expect(isOpenAt(WINDOW, at)).toBe(expected);
  });

  it.each([
    // Monday to Friday. 6 November 2026 is a Friday.
    ['2026-11-06T17:00:00Z', true],
    ['2026-11-07T00:10:00Z', true],
    ['2026-11-07T17:00:00Z', false],
    ['2026-11-08T00:10:00Z', false],
    ['2026-11-09T00:10:00Z', false],
    ['2026-11-09T17:00:00Z', true],
  ])('counts the hours after midnight to the day before: %s', (at, expected) => {
    expect(isOpenAt({ ...WINDOW, days: [1, 2, 3, 4, 5] }, at)).toBe(expected);
  });

  it.each([
    // Zurich is at +02:00 until 25 October 2026, 01:00 UTC, then at +01:00.
    ['2026-10-24T07:59:00Z', true],
    ['2026-10-24T08:00:00Z', false],
    ['2026-10-26T08:59:00Z', true],
    ['2026-10-26T09:00:00Z', false],
    // Clocks read 02:30 twice on that night.
    ['2026-10-25T00:30:00Z', true],
    ['2026-10-25T01:30:00Z', true],
  ])('follows daylight saving time: %s', (at, expected) => {
    expect(isOpenAt({ ...WINDOW, from: '02:30', to: '10:00', timezone: 'Europe/Zurich' }, at)).toBe(expected);
  });

  it('is open for a whole day if both times are equal', () => {
    const weekend = { ...WINDOW, from: '00:00', to: '00:00', days: [0, 6] };
    expect(isOpenAt(weekend, '2026-11-06T23:59:00Z')).toBe(false);
    expect(isOpenAt(weekend, '2026-11-07T00:00:00Z')).toBe(true);
    expect(isOpenAt(weekend, '2026-11-08T23:59:59Z')).toBe(true);
    expect(isOpenAt(weekend, '2026-11-09T00:00:00Z')).toBe(false);
  });

  it('multiplies all windows that are open, and returns them', () => {
    const schedule = [WINDOW, { ...WINDOW, from: '20:00', multiplier: '0.1' }];
    const input = { usage: { input: MILLION, web_search: 1 }, at: '2026-11-02T21:00:00Z' };
    const sheet = { schedule, units: { web_search: '1' } };
    const { cost, adjustments } = costOf({ ...input, prices: { ...SONNET, sheet } });
    // 3 × 0.5 × 0.1 + 1
    expect(cost).toBe('1.15');
    expect(adjustments).toEqual([
      { window: { from: '16:30', to: '00:30', timezone: 'UTC' }, multiplier: '0.5' },
      { window: { from: '20:00', to: '00:30', timezone: 'UTC' }, multiplier: '0.1' },
    ]);
  });

  it('never opens in a zone that no longer exists', () => {
    expect(isOpenAt({ ...WINDOW, timezone: 'Mars/Olympus' }, '2026-11-02T17:00:00Z')).toBe(false);
  });
});

describe('calculateCost with finer kinds', () => {
  it('falls back to the rate of the nearest parent', () => {
    const usage = {
      cache_write_1h: MILLION,
      cache_read_audio: MILLION,
      output_image: MILLION,
      citation: MILLION,
    };
    const cost = costOf({ usage, prices: { input: '1', output: '2', cacheWrite: '3' } });
    expect(cost).toMatchObject({ cost: '7', assumed: true });
    expect(cost.parts.map(({ kind, rate, assumed }) => [kind, rate, assumed])).toEqual([
      ['cache_write_1h', '0.003', true],
      ['cache_read_audio', '0.001', true],
      ['output_image', '0.002', true],
      ['citation', '0.001', true],
    ]);
  });

  it('is unknown without the rate of any parent', () => {
    const { cost, reason } = costOf({ usage: { input_audio: 1, output_audio: 1 }, prices: { input: '1' } });
    expect(cost).toBeNull();
    expect(reason).toMatch(/Set pricing\.rates\.output_audio\.$/);
  });

  it.each([
    { prompt_tokens: 0, completion_tokens: 100, completion_tokens_details: { reasoning_tokens: 60 } },
    { output: 40, output_reasoning: 60 },
  ])('splits reasoning from the output only if it has a rate: %j', (usage) => {
    const whole = costOf({ usage, prices: SONNET });
    expect(whole.usage).toEqual({ input: 0, output: 100, cache_write: 0, cache_read: 0 });
    expect(whole.assumed).toBe(false);
    const sheet = { rates: { output_reasoning: '0.001' } };
    // 40 × 15 + 60 × 1 millionths
    expect(costOf({ usage, prices: { ...SONNET, sheet } })).toMatchObject({
      cost: '0.00066',
      assumed: false,
      usage: { output: 40, output_reasoning: 60 },
    });
  });
});

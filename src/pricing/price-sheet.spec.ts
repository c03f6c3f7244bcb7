import { type PriceSheet, toCanonicalSheet } from './price-sheet';
import { priceSheetProblems } from './price-sheet-problems';

const SHEET = {
  source: 'catalogue',
  as_of: '2026-09-23',
  note: 'long context costs more',
  rates: { cache_write_1h: '0.006', input_audio: 0.032, input_video: null },
  units: { request: '0.005', web_search: 0.01, x_search: null },
  tiers: [{ above_input_tokens: 200_000, input: '0.0025', output_audio: 1e-7, cache_write: null }],
  adjustments: [
    { when: { service_tier: { $in: ['batch', 'flex'] } }, multiplier: '0.50' },
    { when: { $or: [{ inference_geo: 'us' }, { $not: { speed: 'standard' } }] }, multiplier: 1.1 },
  ],
  schedule: [{ from: '16:30', to: '00:30', timezone: 'UTC', days: [1, 2, 3, 4, 5], multiplier: '0.5' }],
} as const;

const WINDOW = SHEET.schedule[0];

function faults(value: unknown): string[] {
  return priceSheetProblems(value, '/pricing').map(({ pointer, code }) => `${pointer} ${code}`);
}

describe('priceSheetProblems', () => {
  it('accepts every member, and none', () => {
    expect(faults(SHEET)).toEqual([]);
    expect(faults({})).toEqual([]);
    expect(faults(Object.fromEntries(Object.keys(SHEET).map((name) => [name, null])))).toEqual([]);
  });

  it.each<[unknown, string]>([
    ['free', '/pricing type'],
    [[], '/pricing type'],
    [{ price: 1 }, '/pricing unknown_field'],
    [{ toString: 1 }, '/pricing unknown_field'],
    [{ source: 'guess' }, '/pricing/source enum'],
    [{ as_of: '2026-02-30' }, '/pricing/as_of format'],
    [{ as_of: 2026 }, '/pricing/as_of type'],
    [{ note: 'x'.repeat(1_001) }, '/pricing/note length'],
    [{ rates: [] }, '/pricing/rates type'],
    [{ rates: { input: 1 } }, '/pricing/rates unknown_field'],
    [{ rates: { citation: -1 } }, '/pricing/rates/citation range'],
    [{ rates: { citation: '1e-3' } }, '/pricing/rates/citation range'],
    [{ rates: { citation: '-0.1' } }, '/pricing/rates/citation range'],
    [{ rates: { citation: '.5' } }, '/pricing/rates/citation range'],
    [{ rates: { citation: '01' } }, '/pricing/rates/citation range'],
    [{ rates: { citation: '0.0000000000001' } }, '/pricing/rates/citation range'],
    [{ rates: { citation: 1e-13 } }, '/pricing/rates/citation range'],
    [{ rates: { citation: 1.5e-12 } }, '/pricing/rates/citation range'],
    [{ rates: { citation: '1000000000.1' } }, '/pricing/rates/citation range'],
    [{ rates: { citation: 1e21 } }, '/pricing/rates/citation range'],
    [{ rates: { citation: true } }, '/pricing/rates/citation type'],
    [{ units: { page_fetch: 0 } }, '/pricing/units unknown_field'],
    [{ tiers: [{ input: 1 }] }, '/pricing/tiers/0/above_input_tokens required'],
    [{ tiers: [{ above_input_tokens: null }] }, '/pricing/tiers/0/above_input_tokens type'],
    [{ tiers: [{ above_input_tokens: 1.5 }] }, '/pricing/tiers/0/above_input_tokens range'],
    [{ tiers: [{ above_input_tokens: 1 }, { above_input_tokens: 1 }] }, '/pricing/tiers unique'],
    [{ tiers: new Array(17).fill({ above_input_tokens: 1 }) }, '/pricing/tiers length'],
    [{ adjustments: [{ when: {} }] }, '/pricing/adjustments/0/multiplier required'],
    [{ adjustments: [{ multiplier: 1 }] }, '/pricing/adjustments/0/when required'],
    [{ adjustments: [{ when: 'batch', multiplier: 1 }] }, '/pricing/adjustments/0/when when.type'],
    [{ adjustments: [{ when: { tier: 'pro' }, multiplier: 1 }] }, '/pricing/adjustments/0/when when.path'],
    [
      { adjustments: [{ when: { $not: { 'speed.x': 1 } }, multiplier: 1 }] },
      '/pricing/adjustments/0/when when.path',
    ],
    [
      { adjustments: [{ when: { speed: { $like: 1 } }, multiplier: 1 }] },
      '/pricing/adjustments/0/when/speed/$like when.operator',
    ],
    [{ adjustments: new Array(33).fill({ when: {}, multiplier: 1 }) }, '/pricing/adjustments length'],
    [{ schedule: [{ ...WINDOW, from: '24:00' }] }, '/pricing/schedule/0/from format'],
    [{ schedule: [{ ...WINDOW, to: '7:00' }] }, '/pricing/schedule/0/to format'],
    [{ schedule: [{ ...WINDOW, timezone: 'Mars/Olympus' }] }, '/pricing/schedule/0/timezone format'],
    [{ schedule: [{ ...WINDOW, timezone: '+02:00' }] }, '/pricing/schedule/0/timezone format'],
    [{ schedule: [{ ...WINDOW, days: [] }] }, '/pricing/schedule/0/days length'],
    [{ schedule: [{ ...WINDOW, days: [7] }] }, '/pricing/schedule/0/days/0 range'],
    [{ schedule: [{ ...WINDOW, days: [1, 1] }] }, '/pricing/schedule/0/days unique'],
    [{ schedule: [{ ...WINDOW, multiplier: null }] }, '/pricing/schedule/0/multiplier type'],
    [{ schedule: new Array(33).fill(WINDOW) }, '/pricing/schedule length'],
  ])('rejects case %#', (value, fault) => {
    expect(faults(value)).toEqual([fault]);
  });

  it('reports at most 50 problems', () => {
    const adjustments = new Array(32).fill({ when: { a: { $like: 1, $unlike: 2 } }, multiplier: -1 });
    expect(faults({ adjustments })).toHaveLength(50);
  });

  it('rejects a sheet of more than 16 KiB', () => {
    const when = { speed: { $in: ['x'.repeat(1_000)] } };
    const adjustments = new Array(17).fill({ when, multiplier: 1 });
    expect(faults({ adjustments })).toEqual(['/pricing size']);
    expect(faults({ adjustments: adjustments.slice(2) })).toEqual([]);
  });
});

describe('toCanonicalSheet', () => {
  it('converts amounts to decimal strings and keeps everything else', () => {
    expect(toCanonicalSheet(SHEET)).toEqual({
      ...SHEET,
      rates: { cache_write_1h: '0.006', input_audio: '0.032', input_video: null },
      units: { request: '0.005', web_search: '0.01', x_search: null },
      tiers: [{ above_input_tokens: 200_000, input: '0.0025', output_audio: '0.0000001', cache_write: null }],
      adjustments: [
        { ...SHEET.adjustments[0], multiplier: '0.5' },
        { ...SHEET.adjustments[1], multiplier: '1.1' },
      ],
    });
    expect(toCanonicalSheet({})).toEqual({});
  });

  it.each<[number | string, string]>([
    [0, '0'],
    ['0.000', '0'],
    [100, '100'],
    ['100.10', '100.1'],
    [1e-12, '0.000000000001'],
    [1.25e-7, '0.000000125'],
    [1_000_000_000, '1000000000'],
  ])('writes %j as %s', (citation, text) => {
    const sheet: PriceSheet = { rates: { citation } };
    expect(faults(sheet)).toEqual([]);
    expect(toCanonicalSheet(sheet).rates).toEqual({ citation: text });
  });
});

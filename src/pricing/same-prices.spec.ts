import type { PriceSheet } from './price-sheet';
import { hasSamePrices, isSameSheet } from './same-prices';

const SHEET: PriceSheet = {
  source: 'manual',
  as_of: '2026-11-01',
  rates: { input_audio: '0.032', output_audio: '0.064' },
  tiers: [
    { above_input_tokens: 1000, input: '0.1', output: '0.2' },
    { above_input_tokens: 2000, input: '0.3' },
  ],
  adjustments: [{ when: { service_tier: { $in: ['batch', 'flex'] }, speed: 'fast' }, multiplier: '0.5' }],
};

describe('isSameSheet', () => {
  it.each<[string, PriceSheet]>([
    ['the order of members', Object.fromEntries(Object.entries(SHEET).reverse())],
    ['the order of rates', { ...SHEET, rates: { output_audio: '0.064', input_audio: '0.032' } }],
    ['the order of tiers', { ...SHEET, tiers: [...SHEET.tiers!].reverse() }],
    [
      'the order of conditions',
      {
        ...SHEET,
        adjustments: [
          { when: { speed: 'fast', service_tier: { $in: ['batch', 'flex'] } }, multiplier: '0.5' },
        ],
      },
    ],
    ['the spelling of amounts', { ...SHEET, rates: { input_audio: 0.032, output_audio: '0.0640' } }],
    [
      'members without a value',
      { ...SHEET, units: {}, schedule: [], rates: { ...SHEET.rates, citation: null } },
    ],
  ])('ignores %s', (_what, other) => {
    expect(isSameSheet(SHEET, other)).toBe(true);
  });

  it.each<[string, PriceSheet | null, boolean]>([
    ['a rate', { ...SHEET, rates: { input_audio: '0.033', output_audio: '0.064' } }, false],
    ['a condition', { ...SHEET, adjustments: [{ when: { speed: 'fast' }, multiplier: '0.5' }] }, false],
    [
      'null in a condition',
      { ...SHEET, adjustments: [{ ...SHEET.adjustments![0]!, when: { x: null } }] },
      false,
    ],
    ['the source', { ...SHEET, source: 'catalogue' }, true],
    ['the note', { ...SHEET, note: 'x' }, true],
    ['the whole sheet', null, false],
  ])('sees a change of %s', (_what, other, samePrices) => {
    expect(isSameSheet(SHEET, other)).toBe(false);
    expect(hasSamePrices(SHEET, other)).toBe(samePrices);
  });

  it('tells an empty sheet from none', () => {
    expect(isSameSheet({}, null)).toBe(false);
    expect(isSameSheet(null, null)).toBe(true);
  });
});

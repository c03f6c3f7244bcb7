import type { ConditionalPrice, ModelInfo } from '@pydantic/genai-prices';
import { findPricesInForce } from './prices-in-force';

const BASE: ConditionalPrice = { prices: { input_mtok: 2, output_mtok: 6 } };

function daily(from: string, to: string, factor: number, output = factor): ConditionalPrice {
  return {
    constraint: { type: 'time_of_date', start_time: `${from}:00Z`, end_time: `${to}:00Z` },
    prices: { input_mtok: 2 * factor, output_mtok: 6 * output },
  };
}

function find(prices: ModelInfo['prices'], at = '2026-10-01T12:00:00Z') {
  return findPricesInForce({ id: 'm', match: { equals: 'm' }, prices }, new Date(at));
}

describe('findPricesInForce', () => {
  it('returns the only prices of an entry', () => {
    expect(find({ input_mtok: 1 })).toEqual({
      prices: { input_mtok: 1 },
      schedule: [],
      isHighest: false,
      next: null,
    });
  });

  it.each([
    ['2026-08-16T23:59:59.999Z', 2, '2026-08-17'],
    ['2026-08-17T00:00:00.000Z', 3, null],
  ])('changes at the start of a day (%s), and tells what comes next', (at, input, next) => {
    const later: ConditionalPrice = {
      constraint: { type: 'start_date', start_date: '2026-08-17' },
      prices: { input_mtok: 3 },
    };
    expect(find([BASE, later], at)).toMatchObject({ prices: { input_mtok: input }, next });
  });

  it.each(['2026-10-01T00:00:00Z', '2026-10-01T12:00:00Z', '2026-10-01T21:00:00Z'])(
    'returns the base and a schedule that do not depend on the hour (%s)',
    (at) => {
      expect(find([BASE, daily('16:30', '00:30', 0.5)], at)).toEqual({
        prices: BASE.prices,
        schedule: [{ from: '16:30', to: '00:30', timezone: 'UTC', multiplier: '0.5' }],
        isHighest: false,
        next: null,
      });
    },
  );

  it.each<[string, ConditionalPrice[]]>([
    ['rates change by different factors', [daily('01:00', '04:00', 2, 3)]],
    ['windows overlap', [daily('01:00', '04:00', 2), daily('03:00', '05:00', 3)]],
    ['windows overlap after midnight', [daily('22:00', '02:00', 2), daily('01:00', '05:00', 3)]],
  ])('returns the highest prices without a schedule if %s', (_case, windows) => {
    expect(find([BASE, ...windows])).toEqual({
      prices: windows.at(-1)!.prices,
      schedule: [],
      isHighest: true,
      next: null,
    });
  });

  it('returns null before the first start date', () => {
    const only: ConditionalPrice = {
      constraint: { type: 'start_date', start_date: '2027-01-01' },
      prices: { input_mtok: 1 },
    };
    expect(find([only])).toBeNull();
  });
});

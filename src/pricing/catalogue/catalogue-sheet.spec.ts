import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import Big from 'big.js';
import { calculateCost } from '../cost-calculator';
import { priceSheetProblems } from '../price-sheet-problems';
import { normaliseUsage } from '../token-usage/usage-normaliser';
import { type CatalogueSheet, toCatalogueSheet } from './catalogue-sheet';
import { catalogue, listProviders } from './fixtures/providers';

const AT = new Date('2026-10-01T12:00:00Z');

function sheetOf(prices: ModelInfo['prices'], modelId = 'm', providerId = 'p'): CatalogueSheet {
  return toCatalogueSheet(
    { providerId, modelId, model: { id: modelId, match: { equals: modelId }, prices } },
    AT,
  )!;
}

describe('toCatalogueSheet', () => {
  it('converts prices for a million tokens to a thousand, in exact decimals', () => {
    expect(
      sheetOf({ input_mtok: 0.075, output_mtok: 0.3, cache_write_mtok: 1.1, cache_read_mtok: 0.0028 }).costs,
    ).toEqual({
      input: 0.000075,
      output: 0.0003,
      cache_write: 0.0011,
      cache_read: 0.0000028,
    });
  });

  it.each<[keyof ModelPrice, object]>([
    ['cache_write_1h_mtok', { rates: { cache_write_1h: '0.001' } }],
    ['input_audio_mtok', { rates: { input_audio: '0.001' } }],
    ['output_audio_mtok', { rates: { output_audio: '0.001' } }],
    ['cache_audio_read_mtok', { rates: { cache_read_audio: '0.001' } }],
    ['input_image_mtok', { rates: { input_image: '0.001' } }],
    ['output_image_mtok', { rates: { output_image: '0.001' } }],
    ['input_video_mtok', { rates: { input_video: '0.001' } }],
    ['output_reasoning_mtok', { rates: { output_reasoning: '0.001' } }],
    ['output_citation_mtok', { rates: { citation: '0.001' } }],
    ['web_searches_kcount', { units: { web_search: '0.001' } }],
    ['storage_searches_kcount', { units: { file_search: '0.001' } }],
    ['requests_kcount', { units: { request: '0.001' } }],
  ])('has a place for %s', (key, sheet) => {
    expect(sheetOf({ input_mtok: 2, [key]: 1 }).sheet).toMatchObject(sheet);
  });

  it('makes one tier of the prices that start together, and leaves out what does not change', () => {
    const prices = {
      input_mtok: {
        base: 1,
        tiers: [
          { start: 128000, price: 2 },
          { start: 256000, price: 4 },
        ],
      },
      output_mtok: { base: 5, tiers: [{ start: 256000, price: 20 }] },
      cache_read_mtok: 0.1,
    };
    // The catalogue's tiers are objects of its own class, which have these members.
    expect(sheetOf(prices as unknown as ModelPrice)).toMatchObject({
      costs: { input: 0.001, output: 0.005, cache_read: 0.0001 },
      sheet: {
        tiers: [
          { above_input_tokens: 128000, input: '0.002' },
          { above_input_tokens: 256000, input: '0.004', output: '0.02' },
        ],
      },
    });
  });

  it('adds the one-hour cache writes that Anthropic documents, also to tiers, and cites the page', () => {
    const prices = {
      input_mtok: { base: 3, tiers: [{ start: 200000, price: 6 }] },
      cache_write_mtok: { base: 3.75, tiers: [{ start: 200000, price: 7.5 }] },
    };
    const found = sheetOf(prices, 'claude-sonnet-4-5', 'google');
    // 2 × 3 and 2 × 6 for a million.
    expect(found.sheet).toMatchObject({
      rates: { cache_write_1h: '0.006' },
      tiers: [{ above_input_tokens: 200000, input: '0.006', cache_write: '0.0075', cache_write_1h: '0.012' }],
    });
    expect(found.note).toContain('https://platform.claude.com/docs/');
  });

  it('keeps the one-hour cache writes of the catalogue', () => {
    const found = sheetOf(
      { input_mtok: 3, cache_write_mtok: 4, cache_write_1h_mtok: 5 },
      'claude-x',
      'google',
    );
    expect(found.sheet.rates).toEqual({ cache_write_1h: '0.005' });
    expect(found.note).toBeNull();
  });

  it("adds Anthropic's batches and regions only at Anthropic", () => {
    expect(sheetOf({ input_mtok: 3 }, 'claude-x', 'anthropic').sheet.adjustments).toHaveLength(2);
    expect(sheetOf({ input_mtok: 3 }, 'claude-x', 'aws').sheet.adjustments).toEqual([]);
  });

  it.each<[string, ModelPrice, string]>([
    ['mistral-large-latest', { input_mtok: 1 }, 'alias'],
    ['gpt-4o-audio-preview', { input_mtok: 1 }, 'no price for audio tokens'],
    ['gpt-5-image', { input_mtok: 1 }, 'no price for image tokens'],
    [
      'gpt-realtime',
      { input_mtok: 1, input_audio_mtok: 2, cache_image_read_mtok: 1 },
      'cache_image_read_mtok',
    ],
    ['sonar', { input_mtok: 1, requests_kcount: 12 }, 'largest search context'],
  ])('notes what the sheet of %s cannot express', (modelId, prices, note) => {
    expect(sheetOf(prices, modelId).note).toContain(note);
  });

  it('returns null for an entry without prices that Caret knows', () => {
    expect(sheetOf({ audio_hours: 0.36 })).toBeNull();
  });

  it('gives a valid sheet and the cost of genai-prices for every entry, on both sides of its tiers', () => {
    const compared = listProviders().flatMap((provider) =>
      provider.models.flatMap((model) => compare(provider.id, model)),
    );
    expect(compared.length).toBeGreaterThan(2000);
    expect(compared.filter(({ ours, theirs }) => !isSame(ours, theirs))).toEqual([]);
  });
});

interface Compared {
  readonly what: string;
  readonly ours: string;
  readonly theirs: number;
}

function compare(providerId: string, model: ModelInfo): Compared[] {
  const modelId = 'equals' in model.match ? model.match.equals : model.id;
  const found = toCatalogueSheet({ providerId, modelId, model }, AT);
  if (found === null) return [];
  expect(priceSheetProblems(found.sheet, '/pricing')).toEqual([]);
  return [1000, 500_000].flatMap((input) => {
    const usage = {
      input: found.costs.input === null ? 0 : input,
      output: found.costs.output === null ? 0 : 70,
    };
    const counts = { input_tokens: usage.input, output_tokens: usage.output };
    const theirs = catalogue.calcPrice(counts, modelId, { providerId, timestamp: AT });
    // By prefix, the catalogue finds another entry for some ids.
    if (
      theirs?.model.id !== model.id ||
      found.sheet.units?.request != null ||
      found.note?.includes('highest')
    )
      return [];
    const { cache_write, cache_read } = found.costs;
    const rates = {
      ...found.costs,
      cacheWrite: cache_write,
      cacheRead: cache_read,
      multiplier: 1,
      sheet: found.sheet,
    };
    const cost = calculateCost(normaliseUsage(usage, { kind: 'openai' }), rates, { at: AT.getTime() }).cost;
    return cost === null
      ? []
      : [{ what: `${providerId} ${modelId} ${input}`, ours: cost, theirs: theirs.total_price }];
  });
}

/** genai-prices sums products in doubles. */
function isSame(ours: string, theirs: number): boolean {
  const tolerance = new Big(ours).times(8 * 2 ** -53);
  return new Big(ours).minus(String(theirs)).abs().lte(tolerance);
}

import type { RoutingRow } from '../models/model-row';
import type { Provider } from '../providers/provider.entity';
import { toRoutedModel, toRoutedProvider } from './routed-rows';

const PROVIDER = {
  id: 'p1',
  name: 'main',
  provider: 'openai',
  enabled: true,
  baseUrl: null,
  openaiApiMode: null,
  learnedProtocol: null,
  advancedJson: null,
  sealedApiKey: 'v1.sealed',
  keyPrefix: 'sk-visib',
  secretVersion: 4,
  sealedHeaders: 'v1.headers',
  headersVersion: 2,
} as Provider;

const ROW: RoutingRow = {
  id: 'm1',
  provider_id: 'p1',
  model: 'gpt-4o',
  aliases: null,
  enabled: 1,
  priority: -3,
  default_of: null,
  tags: '[]',
  when_json: '{}',
  advanced_json: '{}',
  sealed_headers: null,
  headers_version: 0,
  multiplier: '1.000000000000',
  cost_per_1k_input: null,
  cost_per_1k_output: null,
  cost_per_1k_cache_write: null,
  cost_per_1k_cache_read: null,
  pricing: null,
  learned_protocol: null,
};

describe('toRoutedProvider', () => {
  it('returns the fields for routing, with its secrets sealed', () => {
    expect(toRoutedProvider(PROVIDER, true)).toEqual({
      id: 'p1',
      name: 'main',
      kind: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      openaiApiMode: null,
      learnedProtocol: null,
      advancedText: '{}',
      sealedApiKey: 'v1.sealed',
      secretVersion: 4,
      sealedHeaders: { text: 'v1.headers', version: 2 },
      enabled: true,
      usable: true,
    });
  });

  it.each([
    ['openai', 'http://host', 'http://host/v1'],
    ['anthropic', null, 'https://api.anthropic.com'],
    ['anthropic', 'http://host/v1', 'http://host'],
  ] as const)('returns the effective base URL of %s with %s', (provider, baseUrl, expected) => {
    expect(toRoutedProvider({ ...PROVIDER, provider, baseUrl }, true).baseUrl).toBe(expected);
  });

  it.each(['not a url', '', 'ftp://host', 'http://host?query'])(
    'returns the corrupt base URL %j unchanged',
    (baseUrl) => {
      expect(toRoutedProvider({ ...PROVIDER, baseUrl }, false)).toMatchObject({ baseUrl, usable: false });
    },
  );
});

describe('toRoutedModel', () => {
  it('converts a row', () => {
    const row = {
      ...ROW,
      default_of: 'p1',
      tags: '["a","B"]',
      when_json: '{"b":1,"a":2}',
      advanced_json: '{"seed":1}',
      sealed_headers: 'v1.own',
      headers_version: 3,
      learned_protocol: 'openai_chat_completions' as const,
    };
    expect(toRoutedModel(row)).toEqual({
      id: 'm1',
      providerId: 'p1',
      model: 'gpt-4o',
      aliases: [],
      enabled: true,
      priority: -3,
      isDefault: true,
      tags: ['a', 'B'],
      whenText: '{"b":1,"a":2}',
      advancedText: '{"seed":1}',
      sealedHeaders: { text: 'v1.own', version: 3 },
      learnedProtocol: 'openai_chat_completions',
      multiplier: 1,
      rates: { input: null, output: null, cacheWrite: null, cacheRead: null },
      pricingText: null,
    });
  });

  it('converts decimals of every driver and distinguishes 0 from null', () => {
    const row = {
      ...ROW,
      multiplier: '0.100000000000',
      cost_per_1k_input: '0.000000000001',
      cost_per_1k_output: 0,
      cost_per_1k_cache_write: '0.000000000000',
      cost_per_1k_cache_read: 123456.789012,
    };
    const { multiplier, rates } = toRoutedModel(row);
    expect(multiplier).toBe(0.1);
    expect(rates).toEqual({ input: 1e-12, output: 0, cacheWrite: 0, cacheRead: 123456.789012 });
  });

  it.each([
    [null, []],
    ['[]', []],
    ['["Fast","gpt"]', ['Fast', 'gpt']],
    ['["a","A","GPT-4O","b"]', ['a', 'b']],
  ])('returns each alias in %s once', (aliases, expected) => {
    expect(toRoutedModel({ ...ROW, aliases }).aliases).toEqual(expected);
  });

  it('has the price sheet as text, and rejects a corrupt one', () => {
    const pricing = '{"units":{"request":"1"}}';
    expect(toRoutedModel({ ...ROW, pricing }).pricingText).toBe(pricing);
    expect(() => toRoutedModel({ ...ROW, pricing: '{' })).toThrow(TypeError);
  });

  it('does not parse the rule, which may be corrupt', () => {
    expect(toRoutedModel({ ...ROW, when_json: '{"a":' }).whenText).toBe('{"a":');
  });
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CATALOGUE, PriceCatalogue } from './price-catalogue';

const catalogue = new PriceCatalogue();
const at = new Date('2026-10-01T12:00:00Z');
const suggest = (kind: 'openai' | 'anthropic', baseUrl: string | null, model: string, when = at) =>
  catalogue.suggest(kind, baseUrl, model, when);

describe('PriceCatalogue', () => {
  it('names the installed version', () => {
    const path = resolve('node_modules', CATALOGUE.name, 'package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(version).toBe(CATALOGUE.version);
  });

  it('suggests prices per 1000 tokens, with their origin and date', () => {
    expect(suggest('anthropic', null, 'claude-sonnet-4-20250514')).toEqual({
      cost_per_1k_input: 0.003,
      cost_per_1k_output: 0.015,
      cost_per_1k_cache_write: 0.00375,
      cost_per_1k_cache_read: 0.0003,
      origin: {
        catalogue: '@pydantic/genai-prices@0.1.8',
        provider: 'anthropic',
        model: 'claude-sonnet-4-0',
      },
      source: 'catalogue',
      as_of: '2026-09-23',
      note: expect.stringContaining('https://platform.claude.com/') as string,
      pricing: {
        source: 'catalogue',
        as_of: '2026-09-23',
        note: expect.stringContaining('https://platform.claude.com/') as string,
        rates: { cache_write_1h: '0.006' },
        units: { web_search: '0.01' },
        adjustments: [
          { when: { service_tier: 'batch' }, multiplier: '0.5' },
          { when: { inference_geo: 'us' }, multiplier: '1.1' },
        ],
      },
    });
  });

  it('returns null for a price that the catalogue lacks', () => {
    expect(suggest('openai', null, 'gpt-4o-mini')).toMatchObject({
      cost_per_1k_input: 0.00015,
      cost_per_1k_output: 0.0006,
      cost_per_1k_cache_write: null,
      cost_per_1k_cache_read: 0.000075,
    });
  });

  it.each(['no-such-model', '', 'gpt', '__proto__', 'x'.repeat(5000)])('has no prices for %s', (model) => {
    expect(suggest('openai', null, model)).toBeNull();
  });

  it('does not match an OpenAI model at Anthropic', () => {
    expect(suggest('anthropic', null, 'gpt-4o')).toBeNull();
    expect(suggest('anthropic', 'https://api.openai.com/v1', 'gpt-4o')?.origin?.provider).toBe('openai');
  });

  it.each([
    ['https://api.openai.com/v1', 'gpt-4o', 'openai'],
    ['https://openrouter.ai/api/v1', 'anthropic/claude-sonnet-4', 'openrouter'],
    ['https://api.moonshot.ai/v1', 'kimi-k2', 'moonshotai'],
    ['https://my-resource.openai.azure.com/openai/v1', 'gpt-4o', 'azure'],
    ['https://generativelanguage.googleapis.com/v1beta/openai', 'models/gemini-2.5-pro', 'google'],
    ['https://api.groq.com/openai/v1', 'llama-3.3-70b-versatile', 'groq'],
  ])('recognises the provider at %s', (baseUrl, model, provider) => {
    expect(suggest('openai', baseUrl, model)?.origin?.provider).toBe(provider);
  });

  it.each([
    'http://localhost:11434/v1',
    'https://llm.example.com/v1',
    'https://api.openai.com.example.org/v1',
    'https://api.openai.com:8443/v1',
    'https://example.org/x.openai.azure.com',
    'https://example.org/?x=.googleapis.com',
    'not a url',
  ])('has no prices at %s, which may charge others', (baseUrl) => {
    expect(suggest('openai', baseUrl, 'gpt-4o')).toBeNull();
  });

  it('suggests tiers', () => {
    expect(suggest('openai', null, 'gpt-5.4')).toMatchObject({
      cost_per_1k_input: 0.0025,
      cost_per_1k_output: 0.015,
      note: null,
      pricing: {
        tiers: [{ above_input_tokens: 271999, input: '0.005', output: '0.0225', cache_read: '0.0005' }],
      },
    });
  });

  it('suggests the prices that are valid at the time', () => {
    const before = suggest('openai', null, 'gpt-5.6-luna', new Date('2026-07-29T23:59:59Z'));
    const after = suggest('openai', null, 'gpt-5.6-luna', new Date('2026-07-30T00:00:00Z'));
    expect([before?.cost_per_1k_input, after?.cost_per_1k_input]).toEqual([0.001, 0.0002]);
  });

  it.each(['2026-11-28T12:00:00Z', '2026-11-28T21:00:00Z'])(
    'suggests the same base and schedule at any hour (%s)',
    (time) => {
      expect(suggest('openai', 'https://api.deepseek.com', 'deepseek-chat', new Date(time))).toMatchObject({
        cost_per_1k_input: 0.000135,
        note: null,
        // 0.00027 from 00:30 to 16:30.
        pricing: { schedule: [{ from: '00:30', to: '16:30', timezone: 'UTC', multiplier: '2' }] },
      });
    },
  );

  it('notes that the name of a model is a moving alias', () => {
    const suggested = suggest('openai', 'https://api.mistral.ai/v1', 'mistral-large-latest');
    expect(suggested?.note).toContain('alias');
    expect(suggested?.pricing.note).toBe(suggested?.note);
  });

  it.each(['claude-sonnet-5-5', 'claude-sonnet-4-5-mini', 'claude-opus-4-8-thinking'])(
    'has no prices for %s, which only starts like a model that it knows',
    (model) => {
      expect(suggest('anthropic', null, model)).toBeNull();
    },
  );

  it('has no context length for a model that only starts like one that it knows', () => {
    expect(catalogue.contextLength('anthropic', null, 'claude-opus-4-8')).toBe(1_000_000);
    expect(catalogue.contextLength('anthropic', null, 'claude-opus-4-8-thinking')).toBeNull();
  });

  it.each([
    ['https://aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/openapi', true],
    [
      'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/endpoints/openapi',
      false,
    ],
    ['https://eu.api.openai.com/v1', false],
  ])('has prices at %s: %s, because regions charge more', (url, has) => {
    const model = url.includes('google') ? 'google/gemini-2.5-pro' : 'gpt-4o';
    expect(suggest('openai', url, model) !== null).toBe(has);
  });

  it('returns null for an entry without prices', () => {
    expect(suggest('openai', 'https://api.githubcopilot.com', 'gpt-4o')).toBeNull();
  });
});

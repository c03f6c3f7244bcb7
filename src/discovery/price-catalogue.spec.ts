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
      source: 'catalogue',
      origin: {
        catalogue: '@pydantic/genai-prices@0.1.8',
        provider: 'anthropic',
        model: 'claude-sonnet-4-0',
      },
      as_of: '2026-09-23',
      note: 'Not included: web_searches_kcount.',
      pricing: {
        source: 'catalogue',
        as_of: '2026-09-23',
        note: 'Not included: web_searches_kcount.',
        rates: { cache_write_1h: '0.006' },
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

  it('suggests the base tier of tiered prices and notes it', () => {
    expect(suggest('openai', null, 'gpt-5.4')).toMatchObject({
      cost_per_1k_input: 0.0025,
      cost_per_1k_output: 0.015,
      note: expect.stringContaining('beyond 271999 input tokens') as string,
    });
  });

  it('suggests the prices that are valid at the time', () => {
    const before = suggest('openai', null, 'gpt-5.6-luna', new Date('2026-07-29T23:59:59Z'));
    const after = suggest('openai', null, 'gpt-5.6-luna', new Date('2026-07-30T00:00:00Z'));
    expect([before?.cost_per_1k_input, after?.cost_per_1k_input]).toEqual([0.001, 0.0002]);
  });

  it('suggests the base prices at any time of day, with the windows as a schedule', () => {
    const at = (hour: string) =>
      suggest('openai', 'https://api.deepseek.com', 'deepseek-chat', new Date(`2026-11-29T${hour}:00:00Z`));
    expect(at('12')).toEqual(at('21'));
    // USD 0.135 a million tokens, and twice that from 00:30 to 16:30.
    expect(at('12')).toMatchObject({
      cost_per_1k_input: 0.000135,
      note: expect.stringContaining('time of day'),
      pricing: { schedule: [{ from: '00:30', to: '16:30', timezone: 'UTC', multiplier: '2' }] },
    });
  });

  it('notes windows whose prices do not differ by one factor', () => {
    const costs = suggest('openai', 'https://api.deepseek.com', 'deepseek-reasoner');
    expect(costs?.pricing).not.toHaveProperty('schedule');
    expect(costs?.note).toContain('Other prices apply at some times of day.');
  });

  it.each([
    ['anthropic', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['anthropic', 'claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['anthropic', 'claude-3-5-haiku-latest', 'claude-3-5-haiku-latest'],
    ['anthropic', 'claude-sonnet-4-5[1m]', 'claude-sonnet-4-5'],
    ['openai', 'gpt-4-0613', 'gpt-4'],
    ['openai', 'ft:gpt-4o-mini-2024-07-18:acme::AbC123', 'ft:gpt-4o-mini'],
    ['openai', 'gpt-4o-audio-preview-2024-12-17', 'gpt-4o-audio-preview'],
  ] as const)('takes a date or a version as part of a name (%s, %s)', (kind, model, entry) => {
    expect(suggest(kind, null, model)?.origin?.model).toBe(entry);
  });

  it.each([
    ['anthropic', null, 'claude-sonnet-4-5-mini'],
    ['anthropic', null, 'claude-haiku-4-5-fast'],
    ['anthropic', null, 'claude-opus-4-8-thinking'],
    ['anthropic', null, 'claude-sonnet-5-5'],
    ['openai', 'https://api.deepseek.com', 'deepseek-chat-v9'],
    ['openai', 'https://api.deepseek.com', 'deepseek-v4-pro-max'],
    ['openai', 'https://generativelanguage.googleapis.com/v1beta/openai', 'gemini-2.5-pro-experimental-x'],
  ] as const)('has no prices for a name that only starts like another (%s, %s, %s)', (kind, url, model) => {
    expect(suggest(kind, url, model)).toBeNull();
  });

  it('returns null for an entry without prices', () => {
    expect(suggest('openai', 'https://api.githubcopilot.com', 'gpt-4o')).toBeNull();
  });
});

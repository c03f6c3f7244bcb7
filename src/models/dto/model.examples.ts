import type { BodyExamples } from '../../http/route/operation';
import type { ModelPriceResponse } from './model-price.response.dto';
import type { CreateModelDto, UpdateModelDto } from './model.dto';
import type { ModelResponse } from './model.response.dto';

export const MODEL_EXAMPLE: ModelResponse = {
  id: '0193e0a2-7b1c-7def-8a01-5d2c8f4b6e03',
  provider_id: '0193e0a2-6f40-7abc-9b02-1c7e4a9d5f28',
  model: 'claude-sonnet-4-20250514',
  selector: 'anthropic-main^claude-sonnet-4-20250514',
  aliases: ['sonnet'],
  enabled: true,
  priority: 10,
  is_default: true,
  tags: ['smart'],
  when: {},
  advanced_json: { temperature: 0.2 },
  multiplier: 1,
  cost_per_1k_input: 0.003,
  cost_per_1k_output: 0.015,
  cost_per_1k_cache_write: 0.00375,
  cost_per_1k_cache_read: 0.0003,
  pricing: { rates: { cache_write_1h: '0.006' }, units: { web_search: '0.01' } },
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
};

export const MODEL_PRICE_EXAMPLE: ModelPriceResponse = {
  id: '0193e0a2-7b1d-7a3c-8b02-6e3d9f5c7a14',
  valid_from: MODEL_EXAMPLE.created_at,
  multiplier: 1,
  cost_per_1k_input: 0.003,
  cost_per_1k_output: 0.015,
  cost_per_1k_cache_write: 0.00375,
  cost_per_1k_cache_read: 0.0003,
  pricing: MODEL_EXAMPLE.pricing,
  source: 'manual',
  actor: { token_id: '0193e0a2-6b21-7f34-8c05-3e9f6c1d7b4a', token_name: 'ci' },
};

export const CREATE_MODEL_EXAMPLES: BodyExamples<CreateModelDto> = {
  minimal: { summary: 'Only the name', value: { model: 'claude-3-5-haiku-20241022' } },
  full: {
    summary: 'Every field',
    value: {
      model: 'claude-sonnet-4-20250514',
      aliases: ['sonnet'],
      enabled: true,
      priority: 10,
      is_default: true,
      tags: ['smart'],
      when: { tier: 'pro' },
      advanced_json: { temperature: 0.2, timeout_ms: 60000 },
      multiplier: 1.2,
      cost_per_1k_input: 0.003,
      cost_per_1k_output: 0.015,
      cost_per_1k_cache_write: 0.00375,
      cost_per_1k_cache_read: 0.0003,
      pricing: { rates: { cache_write_1h: '0.006' }, units: { web_search: '0.01' } },
    },
  },
};

export const UPDATE_MODEL_EXAMPLES: BodyExamples<UpdateModelDto> = {
  default: { summary: "Make it the provider's default", value: { is_default: true } },
  aliases: { summary: 'Let other names select it', value: { aliases: ['sonnet', 'claude-sonnet-4-0'] } },
  disable: { summary: 'Take it out of routing', value: { enabled: false } },
  costs: { summary: 'Set costs', value: { cost_per_1k_input: 0.003, cost_per_1k_output: 0.015 } },
  sheet: {
    summary: 'Set prices of long prompts and of batches',
    value: {
      pricing: {
        tiers: [{ above_input_tokens: 200000, input: '0.006', output: '0.0225' }],
        adjustments: [{ when: { service_tier: 'batch' }, multiplier: '0.5' }],
      },
    },
  },
  clear: {
    summary: 'Restore the defaults',
    value: {
      aliases: null,
      tags: null,
      when: null,
      advanced_json: null,
      multiplier: null,
      cost_per_1k_cache_read: null,
      pricing: null,
    },
  },
};

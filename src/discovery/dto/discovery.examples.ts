import type { BodyExamples } from '../../http/route/operation';
import { MODEL_EXAMPLE } from '../../models/dto/model.examples';
import { NOT_CHECKED } from '../key-check';
import { CATALOGUE } from '../price-catalogue';
import type { AvailableModelsResponse } from './available-models.response.dto';
import type { CheckResponse } from './check.response.dto';
import type { DiscoverDto } from './discover.dto';
import type { ImportModelsDto, ImportResult } from './import-models.dto';

export const AVAILABLE_MODELS_EXAMPLE: AvailableModelsResponse = {
  models: [
    {
      id: 'claude-3-5-haiku-20241022',
      name: 'Claude Haiku 3.5',
      position: 1,
      configured: false,
      callable: null,
      lifecycle: null,
    },
    {
      id: 'claude-sonnet-4-20250514',
      name: 'Claude Sonnet 4',
      position: 0,
      configured: true,
      callable: null,
      lifecycle: null,
      context_length: 200000,
      max_output_tokens: 64000,
      input_modalities: ['text', 'image', 'pdf'],
      suggested_costs: {
        cost_per_1k_input: 0.003,
        cost_per_1k_output: 0.015,
        cost_per_1k_cache_write: 0.00375,
        cost_per_1k_cache_read: 0.0003,
        source: 'catalogue',
        origin: {
          catalogue: `${CATALOGUE.name}@${CATALOGUE.version}`,
          provider: 'anthropic',
          model: 'claude-sonnet-4-0',
        },
        as_of: CATALOGUE.released,
        note: null,
        pricing: {
          source: 'catalogue',
          as_of: CATALOGUE.released,
          rates: { cache_write_1h: '0.006' },
          units: { web_search: '0.01' },
        },
      },
    },
  ],
  fetched_at: '2026-01-01T00:00:00.000Z',
  cached: false,
  truncated: false,
  left: 0,
  unreadable: 0,
};

export const DISCOVER_EXAMPLES: BodyExamples<DiscoverDto> = {
  vendor: {
    summary: "The vendor's own endpoint",
    value: { provider: 'anthropic', api_key: 'sk-ant-api03-replace-me-with-your-key' },
  },
  compatible: {
    summary: 'A compatible endpoint',
    value: {
      provider: 'openai',
      api_key: 'sk-or-v1-replace-me-with-your-key',
      base_url: 'https://openrouter.ai/api/v1',
    },
  },
};

export const IMPORT_EXAMPLES: BodyExamples<ImportModelsDto> = {
  some: {
    summary: 'Some models, with a tag and suggested prices',
    value: { models: ['claude-sonnet-4-20250514'], tags: ['smart'], price: 'suggested' },
  },
  all: { summary: 'Every model that the upstream offers', value: { all: true } },
};

export const IMPORT_RESULT_EXAMPLE: ImportResult = {
  added: [MODEL_EXAMPLE],
  skipped: [{ id: 'claude-3-5-haiku-20241022', reason: 'exists' }],
  default: { id: MODEL_EXAMPLE.id, model: MODEL_EXAMPLE.model, reason: 'first_chat_model' },
  key: 'accepted',
};

export const CHECK_EXAMPLE: CheckResponse = {
  ok: false,
  latency_ms: 412,
  error: {
    code: 'llm_providers.upstream_auth_failed',
    detail: 'The upstream rejected the credentials (HTTP 401): "invalid x-api-key"',
    upstream_status: 401,
  },
};

export const PROVIDER_CHECK_EXAMPLE: CheckResponse = {
  ok: true,
  latency_ms: 412,
  key: 'not_checked',
  detail: NOT_CHECKED,
};

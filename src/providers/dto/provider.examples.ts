import type { BodyExamples } from '../../http/route/operation';
import { MODEL_EXAMPLE } from '../../models/dto/model.examples';
import type { CreateProviderDto, UpdateProviderDto } from './provider.dto';
import type { ProviderResponse } from './provider.response.dto';

export const PROVIDER_EXAMPLE: ProviderResponse = {
  id: MODEL_EXAMPLE.provider_id,
  account_id: '0193e0a2-5a10-7123-8c03-2d8f5b0e6a39',
  provider: 'anthropic',
  name: 'anthropic-main',
  enabled: true,
  key_prefix: 'sk-ant-a',
  secret_status: 'ok',
  base_url: null,
  openai_api_mode: null,
  advanced_json: null,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  models: [MODEL_EXAMPLE],
};

export const CREATE_PROVIDER_EXAMPLES: BodyExamples<CreateProviderDto> = {
  vendor: {
    summary: 'An account at the vendor',
    value: {
      name: 'anthropic-main',
      provider: 'anthropic',
      api_key: 'sk-ant-api03-replace-me-with-your-key',
    },
  },
  compatible: {
    summary: 'A compatible endpoint, with a header and a timeout of its own',
    value: {
      name: 'openrouter',
      provider: 'openai',
      api_key: 'sk-or-v1-replace-me-with-your-key',
      base_url: 'https://openrouter.ai/api/v1',
      openai_api_mode: 'chat_completions',
      advanced_json: { extra_headers: { 'HTTP-Referer': 'https://example.com' }, timeout_ms: 30000 },
    },
  },
  local: {
    summary: 'Ollama on this machine (EGRESS_MODE=local)',
    value: { name: 'ollama', provider: 'openai', api_key: 'ollama', base_url: 'http://localhost:11434' },
  },
};

export const UPDATE_PROVIDER_EXAMPLES: BodyExamples<UpdateProviderDto> = {
  rename: { summary: 'Rename', value: { name: 'anthropic-eu' } },
  disable: { summary: 'Take its models out of routing', value: { enabled: false } },
  newKey: {
    summary: 'Overwrite the stored key',
    value: { api_key: 'sk-ant-api03-replace-me-with-a-new-key' },
  },
  newKeyAtEndpoint: {
    summary: 'Overwrite the stored key, and confirm where the new one will be sent',
    value: { api_key: 'sk-proxy-replace-me-with-a-new-key', base_url: 'https://llm-proxy.example.com' },
  },
  move: {
    summary: 'Move to another endpoint, with its key',
    value: { base_url: 'https://llm-proxy.example.com', api_key: 'sk-proxy-replace-me-with-your-key' },
  },
  clear: {
    summary: "Restore the vendor's endpoint and remove the extra configuration",
    value: { base_url: null, openai_api_mode: null, advanced_json: null },
  },
};

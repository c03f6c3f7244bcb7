import type { ProviderHealthResponse } from './provider-health.response.dto';

export const PROVIDER_HEALTH_EXAMPLE: ProviderHealthResponse = {
  provider_id: '0193e0a2-6f40-7abc-9b02-1c7e4a9d5f28',
  provider: 'anthropic-main',
  observed_since: '2026-11-12T06:00:00.000Z',
  state: 'usable',
  reason: null,
  since: null,
  until: null,
  models: [
    {
      model_id: '0193e0a2-7b1c-7def-8a01-5d2c8f4b6e03',
      model: 'claude-sonnet-4-20250514',
      state: 'cooling',
      reason: 'rate_limit',
      since: '2026-11-12T09:30:00.000Z',
      until: '2026-11-12T09:30:21.000Z',
      consecutive_failures: 0,
      repairs: [
        {
          name: 'beta_flags',
          protocol: 'anthropic_messages',
          only: ['context-1m-2025-08-07'],
          until: '2026-11-13T09:12:44.000Z',
        },
      ],
    },
  ],
  models_truncated: false,
};

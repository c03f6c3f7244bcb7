import type { BodyExamples } from '../../http/route/operation';
import type { CheckRuleRequest, ResolveRequest } from './resolve.dto';
import type { CheckRuleResponse, ResolveResponse } from './resolve.response.dto';

export const RESOLVE_EXAMPLES: BodyExamples<ResolveRequest> = {
  exact: {
    summary: 'One model of one provider',
    value: { selector: 'anthropic-main^claude-sonnet-4-20250514' },
  },
  default: { summary: "A provider's default model", value: { selector: 'anthropic-main^' } },
  auto: {
    summary: 'By rules, with reasons',
    value: { selector: 'auto', context: { tier: 'pro' }, explain: true },
  },
  list: {
    summary: 'Several selectors, in order',
    value: { selectors: ['claude-sonnet-4-20250514', '#smart'], max_fallbacks: 2 },
  },
};

export const RESOLVE_EXAMPLE: ResolveResponse = {
  revision: 42,
  selected: {
    selector: 'anthropic-main^claude-sonnet-4-20250514',
    provider_id: '0193e0a2-6f40-7abc-9b02-1c7e4a9d5f28',
    model_id: '0193e0a2-7b1c-7def-8a01-5d2c8f4b6e03',
    provider: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    base_url: 'https://api.anthropic.com',
    protocol: 'anthropic_messages',
    advanced_json: { temperature: 0.2 },
    multiplier: 1,
    cost_per_1k_input: 0.003,
    cost_per_1k_output: 0.015,
    cost_per_1k_cache_write: 0.00375,
    cost_per_1k_cache_read: 0.0003,
  },
  fallbacks: [],
  fallbacks_truncated: false,
  considered: [
    {
      selector: 'anthropic-main^claude-sonnet-4-20250514',
      outcome: 'selected',
      reason: 'when: /tier is "pro"',
    },
    {
      selector: 'anthropic-main^claude-3-5-haiku-20241022',
      outcome: 'excluded',
      reason: 'when: /tier expected "free", got "pro"',
    },
  ],
  considered_truncated: false,
};

export const CHECK_RULE_EXAMPLES: BodyExamples<CheckRuleRequest> = {
  tier: {
    summary: 'A list of values and a number',
    value: {
      when: { tier: { $in: ['pro', 'team'] }, 'request.input_tokens': { $gte: 8000 } },
      context: { tier: 'free', request: { input_tokens: 9000 } },
    },
  },
};

export const CHECK_RULE_EXAMPLE: CheckRuleResponse = {
  matched: false,
  reason: '/tier expected one of ["pro","team"], got "free"',
};

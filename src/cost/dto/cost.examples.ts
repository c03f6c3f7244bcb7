import type { BodyExamples } from '../../http/route/operation';
import type { CostRequest } from './cost.dto';
import type { CostResponse } from './cost.response.dto';

const SELECTOR = 'anthropic-main^claude-sonnet-4-20250514';

export const COST_EXAMPLES: BodyExamples<CostRequest> = {
  anthropic: {
    summary: "Anthropic's usage",
    value: {
      selector: SELECTOR,
      usage: {
        input_tokens: 21,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 188086,
        output_tokens: 393,
      },
    },
  },
  openai: {
    summary: "OpenAI's usage of chat completions",
    value: {
      selector: 'openai-main^gpt-4.1',
      usage: {
        prompt_tokens: 2006,
        completion_tokens: 300,
        total_tokens: 2306,
        prompt_tokens_details: { cached_tokens: 1920 },
      },
    },
  },
  gemini: {
    summary: "Gemini's usageMetadata, of a batch",
    value: {
      selector: 'google^gemini-2.5-flash',
      usage: {
        promptTokenCount: 20,
        candidatesTokenCount: 198,
        thoughtsTokenCount: 405,
        totalTokenCount: 623,
      },
      context: { endpoint: 'batch', at: '2026-11-02T09:00:00Z' },
    },
  },
  part: {
    summary: 'The usage of a single event of a stream',
    value: { selector: SELECTOR, usage: { output_tokens: 393 }, partial: true },
  },
  by_kind: {
    summary: 'Tokens by kind, with the id of the model',
    value: {
      model_id: '0193e0a2-7b1c-7def-8a01-5d2c8f4b6e03',
      usage: { input: 1200, output: 350 },
    },
  },
};

/** 21 × 0.000003 + 393 × 0.000015 + 188086 × 0.0000003 = 0.000063 + 0.005895 + 0.0564258. */
export const COST_EXAMPLE: CostResponse = {
  selector: SELECTOR,
  cost: '0.0623838',
  currency: 'USD',
  assumed: false,
  multiplier: '1',
  parts: [
    { kind: 'input', tokens: 21, rate: '0.003', cost: '0.000063', assumed: false },
    { kind: 'output', tokens: 393, rate: '0.015', cost: '0.005895', assumed: false },
    { kind: 'cache_read', tokens: 188086, rate: '0.0003', cost: '0.0564258', assumed: false },
  ],
  units: [],
  tier: null,
  adjustments: [],
  not_priced: [],
  reported: null,
  difference: null,
  usage: { input: 21, output: 393, cache_write: 0, cache_read: 188086 },
};

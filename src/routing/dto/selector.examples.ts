import type { SelectorResponse } from './selector.response.dto';

export const SELECTOR_EXAMPLE: SelectorResponse = {
  selector: 'anthropic-main^claude-sonnet-4-20250514',
  provider: 'anthropic',
  provider_id: '0193e0a2-6f40-7abc-9b02-1c7e4a9d5f28',
  model: 'claude-sonnet-4-20250514',
  aliases: ['sonnet'],
  model_id: '0193e0a2-7b1c-7def-8a01-5d2c8f4b6e03',
  is_default: true,
  tags: ['smart'],
  type: 'chat',
  context_length: 200000,
};

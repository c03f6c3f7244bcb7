import type { ProviderKind } from './base-url';
import type { OpenaiApiMode } from './upstream-target';

/** How a model is spoken to: Anthropic's Messages API, or one of OpenAI's two. */
export const PROTOCOLS = ['anthropic_messages', 'openai_responses', 'openai_chat_completions'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/**
 * What to speak first. Mode `auto` (or null) asks for responses, unless the endpoint is known to have chat
 * completions only.
 */
export function protocolOf(
  kind: ProviderKind,
  mode: OpenaiApiMode | null,
  learned: Protocol | null,
): Protocol {
  if (kind === 'anthropic') return 'anthropic_messages';
  if (mode === 'responses') return 'openai_responses';
  if (mode === 'chat_completions') return 'openai_chat_completions';
  return learned === 'openai_chat_completions' ? learned : 'openai_responses';
}

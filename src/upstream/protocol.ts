import type { ProviderKind } from './base-url';
import type { OpenaiApiMode } from './upstream-target';

/** The API that a model is called with: Anthropic's Messages API or one of OpenAI's two APIs. */
export const PROTOCOLS = ['anthropic_messages', 'openai_responses', 'openai_chat_completions'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/**
 * Returns the protocol to try first. Mode `auto` (or null) uses the Responses API, unless `learned` says that the
 * endpoint supports only chat completions.
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

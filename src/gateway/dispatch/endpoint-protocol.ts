import type { Candidate } from '../../routing/engine/model/candidate';
import type { GatewayEndpoint } from '../dialect/endpoint';

/**
 * Whether a provider speaks the protocol of an endpoint. A provider in mode `auto` takes both of OpenAI's protocols, unless
 * it is known to have chat completions only.
 */
export function speaks(
  { provider, model }: Candidate,
  { protocol }: Pick<GatewayEndpoint, 'protocol'>,
): boolean {
  if (provider.kind === 'anthropic') return protocol === 'anthropic_messages';
  const { openaiApiMode: mode } = provider;
  switch (protocol) {
    case 'anthropic_messages':
      return false;
    case null:
      return true;
    case 'openai_chat_completions':
      return mode !== 'responses';
    case 'openai_responses':
      return (
        mode === 'responses' ||
        (mode !== 'chat_completions' &&
          (model.learnedProtocol ?? provider.learnedProtocol) !== 'openai_chat_completions')
      );
  }
}

/** The name of an endpoint's protocol in the ledger. */
export function protocolNameOf({ protocol, path }: GatewayEndpoint): string {
  return protocol ?? `openai_${path}`;
}

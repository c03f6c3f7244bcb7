import type { Candidate } from '../../routing/engine/model/candidate';
import type { Protocol } from '../../upstream/protocol';
import { speaks } from './endpoint-protocol';

const CHAT = 'openai_chat_completions';
const RESPONSES = 'openai_responses';
const MESSAGES = 'anthropic_messages';

function candidate(
  kind: string,
  mode: string | null,
  ofProvider: string | null = null,
  ofModel: string | null = null,
) {
  return {
    provider: { kind, openaiApiMode: mode, learnedProtocol: ofProvider },
    model: { learnedProtocol: ofModel },
  } as unknown as Candidate;
}

describe('speaks', () => {
  it.each<[string, Candidate, (Protocol | null)[]]>([
    ['of Anthropic', candidate('anthropic', null), [MESSAGES]],
    ['of mode auto', candidate('openai', 'auto'), [CHAT, RESPONSES, null]],
    ['without a mode', candidate('openai', null), [CHAT, RESPONSES, null]],
    ['of mode responses', candidate('openai', 'responses'), [RESPONSES, null]],
    ['of mode chat_completions', candidate('openai', 'chat_completions'), [CHAT, null]],
    ['known for chat completions', candidate('openai', 'auto', CHAT), [CHAT, null]],
    ['with a model known for chat completions', candidate('openai', 'auto', null, CHAT), [CHAT, null]],
    [
      'with a model known for responses',
      candidate('openai', 'auto', CHAT, RESPONSES),
      [CHAT, RESPONSES, null],
    ],
    ['of mode responses, whatever was found', candidate('openai', 'responses', CHAT), [RESPONSES, null]],
  ])('knows the protocols of a provider %s', (_name, given, expected) => {
    const protocols = [CHAT, RESPONSES, MESSAGES, null] as const;
    expect(protocols.filter((protocol) => speaks(given, { protocol }))).toEqual(expected);
  });
});

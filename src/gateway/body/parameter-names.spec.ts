import { type Protocol, PROTOCOLS } from '../../upstream/protocol';
import { isKnownElsewhereOnly, isSamplingParameter, synonymOf } from './parameter-names';

describe('isKnownElsewhereOnly', () => {
  it.each<[string, Protocol[]]>([
    ['temperature', []],
    ['metadata', []],
    ['max_tokens', ['openai_responses']],
    ['max_completion_tokens', ['anthropic_messages', 'openai_responses']],
    ['max_output_tokens', ['anthropic_messages', 'openai_chat_completions']],
    ['stop', ['anthropic_messages', 'openai_responses']],
    ['stop_sequences', ['openai_responses', 'openai_chat_completions']],
    ['reasoning_effort', ['anthropic_messages', 'openai_responses']],
    ['reasoning', ['anthropic_messages', 'openai_chat_completions']],
    ['thinking', ['openai_responses']],
    ['top_k', ['openai_responses']],
    ['store', ['anthropic_messages']],
    ['service_tier', []],
    ['min_p', []],
    ['toString', []],
  ])('keeps %s from %j', (name, expected) => {
    expect(PROTOCOLS.filter((protocol) => isKnownElsewhereOnly(name, protocol))).toEqual(expected);
  });
});

describe('isSamplingParameter', () => {
  it('knows the parameters that Anthropic removed', () => {
    const names = ['temperature', 'top_p', 'top_k', 'max_tokens', 'constructor'];
    expect(names.filter(isSamplingParameter)).toEqual(['temperature', 'top_p', 'top_k']);
  });
});

describe('synonymOf', () => {
  it('knows both names of the limit of chat completions', () => {
    expect(['max_tokens', 'max_completion_tokens', 'n'].map(synonymOf)).toEqual([
      'max_completion_tokens',
      'max_tokens',
      null,
    ]);
  });
});

import type { Protocol } from '../../upstream/protocol';
import { mayHaveCacheMarks, mayHaveReasoning, repairBody } from './repair-body';
import type { Repair } from './repairs';

const MARK = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const MARKS: Repair = { name: 'cache_marks', only: null };
const REASONING: Repair = { name: 'reasoning_history', only: null };

type Body = Record<string, unknown>;

/** Returns the body after the repairs. A text is a member's JSON as it is written. */
function repair(body: Body, repairs: Repair[], protocol: Protocol | null = 'anthropic_messages'): Body {
  const memberBytes = (key: string) => {
    const value = body[key];
    if (value === undefined) return null;
    return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  };
  const { set, remove } = repairBody({ memberBytes }, protocol, repairs);
  const left = Object.entries(body).filter(([key]) => !remove.has(key));
  return {
    ...Object.fromEntries(left),
    ...Object.fromEntries([...set].map(([key, json]) => [key, JSON.parse(json)])),
  };
}

describe('repairBody', () => {
  it('sets encoding_format to float', () => {
    expect(repair({}, [{ name: 'encoding_format', only: null }], null)).toEqual({ encoding_format: 'float' });
  });

  it.each<Repair['name']>(['stream_usage', 'beta_flags'])('changes nothing for %s', (name) => {
    const body = { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', ...MARK }] }] };
    expect(repair(body, [{ name, only: null }])).toEqual(body);
  });

  describe('with cache_marks', () => {
    const input = { cache_control: { mine: 1 }, ttl: 1, content: [{ cache_control: 2 }] };
    const schema = { type: 'object', properties: { cache_control: { type: 'object' }, ttl: {} } };
    const bodyWith = (mark: object) => ({
      system: [{ type: 'text', text: 'x', ...mark }],
      tools: [{ name: 'a', input_schema: schema, ...mark }, { name: 'b' }],
      messages: [
        { role: 'user', content: 'plain' },
        { role: 'user', content: [{ type: 'text', text: 'x', ...mark }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'a', input, ...mark }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', content: [{ type: 'text', text: 'y', ...mark }], ...mark }],
        },
      ],
      ...mark,
    });

    it('removes every mark, but nothing from inputs of tools and schemas', () => {
      expect(repair(bodyWith(MARK), [MARKS])).toEqual(bodyWith({}));
    });

    it('removes only the ttl', () => {
      const left = bodyWith({ cache_control: { type: 'ephemeral' } });
      expect(repair(bodyWith(MARK), [{ name: 'cache_marks', only: ['ttl'] }])).toEqual(left);
    });

    it('changes no member without a mark', () => {
      const messages = '[{"role":"user","content":"x"}]';
      const memberBytes = (key: string) => (key === 'messages' ? Buffer.from(messages) : null);
      expect(repairBody({ memberBytes }, 'anthropic_messages', [MARKS]).set.size).toBe(0);
    });

    it('keeps the spelling of numbers and texts', () => {
      const block = (mark: string) =>
        `[{"role":"user","content":[{"type":"tool_use","input":{"id":12345678901234567890,"x":1.0,"e":1e400,"t":"\\u0041"}${mark}}]}]`;
      const memberBytes = (key: string) =>
        key === 'messages' ? Buffer.from(block(',"cache_control":{"type":"ephemeral"}')) : null;
      const { set } = repairBody({ memberBytes }, 'anthropic_messages', [MARKS]);
      expect(set.get('messages')).toBe(block(''));
    });
  });

  describe('with reasoning_history', () => {
    const thinking = { type: 'thinking', thinking: 'hm', signature: 'abc' };
    const redacted = { type: 'redacted_thinking', data: 'abc' };
    const text = { type: 'text', text: 'x' };
    const call = { type: 'tool_use', id: '1', name: 'a', input: { type: 'thinking' } };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1' }] };
    const question = { role: 'user', content: 'x' };
    const reply = (...content: object[]) => ({ role: 'assistant', content });

    it('removes thinking blocks, and a message that had nothing else', () => {
      const messages = [question, reply(thinking, text), question, reply(redacted), question];
      expect(repair({ messages }, [REASONING]).messages).toEqual([question, reply(text), question, question]);
    });

    it.each([
      ['within a tool loop', [question, reply(thinking, call), result], 'enabled', { type: 'disabled' }],
      ['after a text', [question, reply(thinking, text), question], 'enabled', { type: 'enabled' }],
      ['that is adaptive', [question, reply(thinking, call), result], 'adaptive', { type: 'adaptive' }],
    ])('disables thinking only if a turn must begin with it: %s', (_name, messages, type, left) => {
      expect(repair({ messages, thinking: { type } }, [REASONING]).thinking).toEqual(left);
    });

    it('removes edits of the context that need thinking', () => {
      const messages = [question, reply(thinking, call), result];
      const clear = { type: 'clear_thinking_20251015', keep: 'all' };
      const other = { type: 'clear_tool_uses_20250919' };
      const body = { messages, thinking: { type: 'enabled', budget_tokens: 1024 } };
      const only = repair({ ...body, context_management: { edits: [clear] } }, [REASONING]);
      expect(only).not.toHaveProperty('context_management');
      const both = repair({ ...body, context_management: { edits: [clear, other], x: 1 } }, [REASONING]);
      expect(both.context_management).toEqual({ edits: [other], x: 1 });
    });

    it('removes reasoning items of responses, and nothing else', () => {
      const reasoning = { type: 'reasoning', id: 'rs_1', encrypted_content: 'abc', summary: [] };
      const output = { type: 'function_call_output', call_id: '1', output: '{"type":"reasoning"}' };
      const input = [{ role: 'user', content: 'x' }, reasoning, output];
      expect(repair({ input }, [REASONING], 'openai_responses')).toEqual({ input: [input[0], output] });
      expect(repair({ input: '"a text"' }, [REASONING], 'openai_responses')).toEqual({ input: '"a text"' });
    });

    it('removes sealed reasoning of chat completions', () => {
      const messages = [{ role: 'assistant', content: 'x', reasoning_details: [{ data: 'abc' }] }];
      expect(repair({ messages }, [REASONING], 'openai_chat_completions').messages).toEqual([
        { role: 'assistant', content: 'x' },
      ]);
    });
  });

  it('applies several repairs to one member', () => {
    const messages = [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: '' },
          { type: 'text', text: 'x', ...MARK },
        ],
      },
    ];
    expect(repair({ messages }, [MARKS, REASONING]).messages).toEqual([
      { role: 'assistant', content: [{ type: 'text', text: 'x' }] },
    ]);
  });

  it.each([
    '{"a":1}',
    '"x"',
    'null',
    '[1,"x",null,[],{}]',
    '[{"content":[{"type":1}]}]',
    '[{"content":{"type":"thinking"}}]',
    '[{]',
    '',
  ])('leaves what it does not understand: %s', (messages) => {
    expect(repair({ messages }, [MARKS, REASONING])).toEqual({ messages });
  });
});

describe('mayHaveCacheMarks', () => {
  it.each([
    ['{"messages":[{"cache_control":{}}]}', true],
    ['{"messages":[]}', false],
  ])('reads %s', (body, may) => {
    expect(mayHaveCacheMarks(Buffer.from(body))).toBe(may);
  });
});

describe('mayHaveReasoning', () => {
  it.each<[Protocol, string, boolean]>([
    ['anthropic_messages', '{"messages":[{"content":[{"type":"thinking"}]}]}', true],
    ['anthropic_messages', '{"messages":[{"content":[{"type":"redacted_thinking"}]}]}', true],
    ['anthropic_messages', '{"messages":[]}', false],
    ['openai_responses', '{"input":[{"type":"reasoning"}]}', true],
    ['openai_responses', '{"input":"x"}', false],
    ['openai_chat_completions', '{"messages":[{"reasoning_details":[]}]}', true],
    ['openai_chat_completions', '{"messages":[]}', false],
  ])('reads for %s the body %s', (protocol, body, may) => {
    expect(mayHaveReasoning(Buffer.from(body), protocol)).toBe(may);
  });
});

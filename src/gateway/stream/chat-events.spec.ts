import { factsOf, receive } from './fixtures/received';
import { CHAT, CHAT_USAGE, chatChunk, DONE, unnamed } from './fixtures/sample-streams';
import { type ReceptionOptions, StreamReception } from './stream-reception';

const USAGE_CHUNK = chatChunk({}, { choices: [], usage: CHAT_USAGE });

function read(chunks: readonly string[], options: Partial<ReceptionOptions> = {}) {
  return receive('openai_chat_completions', chunks, options);
}

function choices(...ends: readonly (readonly [index: number, reason: string | null])[]): string {
  const list = ends.map(([index, finish_reason]) => ({ delta: {}, finish_reason, index }));
  return chatChunk({}, { choices: list });
}

describe('ChatEvents', () => {
  it('reads id, model, usage, the finished choice and the bytes of the texts', () => {
    expect(factsOf(read(CHAT).reception)).toMatchObject({
      responseId: 'chatcmpl-1',
      upstreamModel: 'gpt-4.1-nano-2025-04-14',
      usage: CHAT_USAGE,
      finishedChoices: [0],
      deltaBytes: JSON.stringify('Hel"lo\\').length - 2 + ' world {['.length,
      isStored: false,
      eventCount: 5,
    });
  });

  it.each([
    ['a role', { role: 'assistant' }, false],
    ['empty text', { role: 'assistant', content: '', refusal: null, reasoning_content: '' }, false],
    ['an empty list of calls', { content: null, tool_calls: [] }, false],
    ['nothing', {}, false],
    ['text', { content: ' ' }, true],
    ['text beside a role', { role: 'assistant', content: 'Hi' }, true],
    ['thinking', { reasoning_content: 'Hm' }, true],
    ['thinking in details', { reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }, true],
    [
      'a tool call',
      { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '' } }] },
      true,
    ],
    ['a refusal', { refusal: 'No' }, true],
  ])('takes %s in a delta for content: %#', (_, delta, isContent) => {
    for (const more of [{}, { prompt_filter_results: [{ delta: { content: 'x' } }] }]) {
      const { reception } = read([chatChunk(delta, more)]);
      expect(reception.hasContent).toBe(isContent);
    }
  });

  it('takes a finish reason for content', () => {
    const { reception } = read([chatChunk({}, {}, 'length')]);
    expect(reception).toMatchObject({ hasContent: true, isComplete: true });
  });

  it('holds chunks without choices', () => {
    const azure = unnamed({ choices: [], created: 0, id: '', model: '', prompt_filter_results: [] });
    const { reception } = read([azure, USAGE_CHUNK]);
    expect(reception).toMatchObject({ hasContent: false, responseId: 'chatcmpl-1', usage: CHAT_USAGE });
  });

  it('hides the chunk with usage and no choices', () => {
    const shown = CHAT.filter((event) => event !== USAGE_CHUNK).join('');
    for (const chunks of [CHAT, [CHAT.join('')]]) {
      const { output, reception } = read(chunks, { hidesUsage: true });
      expect(output).toBe(shown);
      expect(reception).toMatchObject({ usage: CHAT_USAGE, isComplete: true });
    }
    const withoutChoices = unnamed({ usage: CHAT_USAGE });
    expect(read([...CHAT.slice(0, 4), withoutChoices, DONE], { hidesUsage: true }).output).toBe(shown);
  });

  it('keeps usage on chunks with choices, and counts the last', () => {
    const chunks = [1, 2, 3].map((completion_tokens) =>
      chatChunk({ content: 'x' }, { usage: { prompt_tokens: 1, completion_tokens } }),
    );
    const { output, reception } = read([...chunks, DONE], { hidesUsage: true });
    expect(output).toBe(chunks.join('') + DONE);
    expect(reception.usage).toEqual({ prompt_tokens: 1, completion_tokens: 3 });
  });

  it('counts usage that precedes the choices', () => {
    const chunks = [11, 12].map((completion_tokens) =>
      unnamed({
        usage: { prompt_tokens: 1, completion_tokens },
        choices: [{ index: 0, delta: { content: 'x' } }],
      }),
    );
    expect(read(chunks).reception.usage).toEqual({ prompt_tokens: 1, completion_tokens: 12 });
  });

  it('adds the service tier to the usage', () => {
    const { reception } = read([unnamed({ service_tier: 'flex', choices: [], usage: CHAT_USAGE })]);
    expect(reception.usage).toEqual({ ...CHAT_USAGE, service_tier: 'flex' });
  });

  it('reads JSON with white space and members in any order', () => {
    const chunk = {
      choices: [{ delta: { content: 'Hi' }, finish_reason: 'stop', index: 0 }],
      usage: CHAT_USAGE,
      id: 'chatcmpl-1',
    };
    const text = `data: ${JSON.stringify(chunk).replaceAll(/([:,{}[\]])/g, ' $1 ')}\n\n`;
    expect(factsOf(read([text]).reception)).toMatchObject({
      hasContent: true,
      usage: CHAT_USAGE,
      finishedChoices: [0],
      deltaBytes: 2,
      isComplete: true,
    });
  });

  it('finds every fact in chunks whose prefix differs from the last', () => {
    const chunks = [
      chatChunk({ content: 'a' }),
      unnamed({ choices: [{ index: 0, delta: { content: 'bc' } }] }),
      chatChunk({ content: 'def' }),
      chatChunk({}, {}, 'stop'),
    ];
    expect(read(chunks).reception).toMatchObject({ deltaBytes: 6, isComplete: true });
  });

  describe('at the end of the response', () => {
    const START = chatChunk({ content: 'Hi' });

    it.each([
      ['one choice', 1, [choices([0, 'stop'])], true],
      ['no reason', 1, [choices([0, null])], false],
      ['an empty reason', 1, [choices([0, ''])], false],
      ['one of two choices', 2, [choices([0, 'stop'], [1, null])], false],
      ['one of two choices, twice', 2, [choices([1, 'stop']), choices([1, 'stop'])], false],
      ['two choices in two chunks', 2, [choices([1, 'length']), choices([0, 'stop'])], true],
      ['two choices in one chunk', 2, [choices([1, 'length'], [0, 'stop'])], true],
    ])('with %s of %i adds what is missing, or reports it: %#', (_, count, ends, isComplete) => {
      const events = [START, ...ends];
      const { output, reception, last } = read(events, { choices: count });
      expect(reception).toMatchObject({ isComplete, isTruncated: !isComplete });
      expect(output).toBe(events.join('') + (isComplete ? DONE : ''));
      expect(Buffer.concat([...last]).toString()).toBe(isComplete ? DONE : '');
    });

    it('does not take [DONE] for the end before any chunk', () => {
      expect(read([DONE]).reception).toMatchObject({ isComplete: false, isTruncated: true });
    });

    it('takes [DONE] for the end without a reason', () => {
      expect(read([START, DONE]).reception).toMatchObject({ isComplete: true, isTruncated: false });
    });
  });

  it.each([
    [{ error: { message: 'Slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' } }, 429],
    [{ error: { message: 'Slow down', code: 502 }, choices: [{ delta: {}, finish_reason: 'error' }] }, 502],
    [{ id: 'x', choices: [], error: 'Slow down' }, 502],
    [{ type: 'error', error: { message: 'Slow down', type: 'overloaded_error' } }, 529],
  ])('finds the error %j before and after content', (error, status) => {
    for (const before of [[], [CHAT[0]!], CHAT.slice(0, 2)]) {
      const { output, reception } = read([...before, unnamed(error), ...CHAT]);
      expect(reception).toMatchObject({
        hasContent: before.length === 2,
        isComplete: false,
        isTruncated: false,
      });
      expect(reception.failure).toMatchObject({ status, message: 'Slow down' });
      expect(output).toBe(before.length === 2 ? before.join('') : '');
    }
  });

  it.each([
    { detail: 'Slow down' },
    { object: 'error', message: 'Slow down', code: 429 },
    { success: false, message: 'Slow down' },
  ])('finds the error %j only in the first event', (error) => {
    expect(read([unnamed(error)]).reception.failure).toMatchObject({ message: 'Slow down' });
    const later = read([CHAT[1]!, unnamed(error), DONE]);
    expect(later.reception).toMatchObject({ failure: null, isComplete: true });
    expect(later.output).toContain('Slow down');
  });

  it.each([{ error: null }, { error: '' }, { error: false }])('takes %j for no error', (more) => {
    expect(read([chatChunk({ content: 'Hi' }, more), DONE]).reception).toMatchObject({
      failure: null,
      isComplete: true,
    });
  });

  it('does not mistake texts for members', () => {
    const text = '","error":{"message":"x"},"usage":{"a":1},"finish_reason":"stop';
    const { reception } = read([chatChunk({ content: text, error: { message: 'x' }, usage: { a: 1 } })]);
    expect(reception).toMatchObject({ failure: null, usage: null, isTruncated: true, hasContent: true });
  });

  it('remembers a bounded number of choices', () => {
    const reception = new StreamReception('openai_chat_completions', {
      choices: 1,
      hidesUsage: false,
      model: null,
    });
    for (let index = 0; index < 1000; index++) reception.push(Buffer.from(choices([index, 'stop'])));
    expect(reception.finishedChoices.size).toBe(128);
  });
});

import { factsOf, receive } from './fixtures/received';
import { MESSAGES, named, unnamed } from './fixtures/sample-streams';

const [START, PING, BLOCK, DELTA, STOP_BLOCK, MESSAGE_DELTA, STOP] = MESSAGES as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

const read = (chunks: readonly string[], model: string | null = null) =>
  receive('anthropic_messages', chunks, { model });

function delta(usage: object): string {
  return named({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage });
}

describe('MessagesEvents', () => {
  it('reads id, model, usage and the bytes of the texts', () => {
    expect(factsOf(read(MESSAGES).reception)).toMatchObject({
      responseId: 'msg_1',
      upstreamModel: 'claude-sonnet-4-5-20250929',
      usage: { input_tokens: 12, cache_read_input_tokens: 5, output_tokens: 30 },
      deltaBytes: 5,
      eventCount: 6,
    });
  });

  it('lets the last message_delta win for each member of the usage that it has', () => {
    const last = delta({ input_tokens: 20, output_tokens: 31, cache_read_input_tokens: null });
    const { reception } = read([
      START,
      BLOCK,
      delta({ output_tokens: 30, server_tool_use: { n: 1 } }),
      last,
      STOP,
    ]);
    expect(reception.usage).toEqual({
      input_tokens: 20,
      cache_read_input_tokens: 5,
      output_tokens: 31,
      server_tool_use: { n: 1 },
    });
  });

  it('keeps the usage bounded', () => {
    const deltas = Array.from({ length: 300 }, (_, index) =>
      delta({ [`k${index}`]: 1, output_tokens: index }),
    );
    const { usage } = read([START, BLOCK, ...deltas]).reception;
    expect(Object.keys(usage!)).toHaveLength(100);
    expect(usage!.output_tokens).toBe(299);
  });

  it('reads the usage of a stream that starts without one', () => {
    const start = named({ type: 'message_start', message: { id: 'msg_2', content: [] } });
    const { reception } = read([start, BLOCK, MESSAGE_DELTA, STOP]);
    expect(reception).toMatchObject({
      usage: { output_tokens: 30 },
      upstreamModel: null,
      responseId: 'msg_2',
    });
  });

  it('takes a doubled start for one, and replaces the model of both', () => {
    const text = [START, PING, START, BLOCK, DELTA, STOP].join('');
    const { output, reception } = read([text], 'my "own"^claude');
    expect(output).toBe(text.replaceAll('"claude-sonnet-4-5-20250929"', String.raw`"my \"own\"^claude"`));
    expect(reception).toMatchObject({ upstreamModel: 'claude-sonnet-4-5-20250929', isComplete: true });
  });

  it('replaces only the model of the message', () => {
    const start = named({
      type: 'message_start',
      model: 'outer',
      message: { metadata: { model: 'inner' }, model: 'upstream', content: [{ model: 'last' }] },
    });
    expect(read([start], 'm').output).toBe(start.replace('"upstream"', '"m"'));
  });

  it('takes a start with content for content', () => {
    const content = [{ type: 'text', text: 'Hi' }];
    const start = named({ type: 'message_start', message: { id: 'msg_2', content } });
    expect(read([start])).toMatchObject({ output: start, reception: { hasContent: true } });
  });

  it.each([
    ['a block', BLOCK],
    [
      'thinking',
      named({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } }),
    ],
    ['the end of a block', STOP_BLOCK],
    ['the end of the message', MESSAGE_DELTA],
    ['an unknown event', named({ type: 'completion', text: 'Hi' })],
  ])('takes %s for content', (_, event) => {
    expect(read([START, PING, event])).toMatchObject({
      output: START + PING + event,
      reception: { hasContent: true, isTruncated: true },
    });
  });

  it.each([
    ['text', { type: 'text_delta', text: 'Hel"lo' }, 7],
    ['thinking', { type: 'thinking_delta', thinking: 'Hm {}' }, 5],
    ['arguments', { type: 'input_json_delta', partial_json: '{"a":1}' }, 9],
    ['a signature', { type: 'signature_delta', signature: 'abcdef' }, 0],
    ['members in another order', { text: 'Hello', type: 'text_delta' }, 5],
    ['nothing', {}, 0],
  ])('counts the bytes of %s', (_, content, bytes) => {
    const event = { type: 'content_block_delta', index: 0, delta: content };
    const reordered = { delta: content, index: 0, type: 'content_block_delta' };
    for (const each of [
      named(event),
      unnamed(reordered),
      `data: ${JSON.stringify(event, null, 1).replaceAll('\n', ' ')}\n\n`,
    ])
      expect(read([START, each, each]).reception.deltaBytes).toBe(2 * bytes);
  });

  it.each([
    ['overloaded_error', 529],
    ['rate_limit_error', 429],
    ['invalid_request_error', 400],
    ['authentication_error', 401],
    ['billing_error', 402],
    ['permission_error', 403],
    ['not_found_error', 404],
    ['request_too_large', 413],
    ['api_error', 500],
    ['timeout_error', 504],
  ])('reports %s as %i before and after content', (type, status) => {
    const error = named({ type: 'error', error: { type, message: 'Slow down' }, request_id: 'req_1' });
    for (const before of [[], [START, PING], [START, BLOCK, DELTA]]) {
      for (const event of [error, error.replace('event: error\n', '')]) {
        const { output, reception } = read([...before, event, STOP]);
        expect(reception.failure).toEqual({ status, code: type, type, message: 'Slow down' });
        expect(reception).toMatchObject({
          isComplete: false,
          isTruncated: false,
          hasContent: before.length > 2,
        });
        expect(output).toBe(before.length > 2 ? before.join('') : '');
      }
    }
  });

  it('does not take the end of an OpenAI stream for the end', () => {
    const { reception } = read([START, BLOCK, DELTA, 'data: [DONE]\n\n']);
    expect(reception).toMatchObject({ isComplete: false, isTruncated: true });
  });
});

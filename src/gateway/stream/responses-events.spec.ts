import { factsOf, receive } from './fixtures/received';
import { named, RESPONSES } from './fixtures/sample-streams';

const read = (chunks: readonly string[]) => receive('openai_responses', chunks);
const [CREATED, PROGRESS, ITEM, DELTA] = RESPONSES as [string, string, string, string];

function event(type: string, response: object): string {
  return named({ type, response: { id: 'resp_1', model: 'gpt-5', output: [], ...response } });
}

describe('ResponsesEvents', () => {
  it('reads id, model, usage with its tier and the bytes of the texts', () => {
    expect(factsOf(read(RESPONSES).reception)).toMatchObject({
      responseId: 'resp_1',
      upstreamModel: 'gpt-5',
      usage: { input_tokens: 36, output_tokens: 87, total_tokens: 123, service_tier: 'flex' },
      deltaBytes: 5,
      isStored: true,
      eventCount: 4,
    });
  });

  it('reads id, model and store of the first event', () => {
    const { reception } = read([event('response.queued', { store: true }), PROGRESS]);
    expect(reception).toMatchObject({ responseId: 'resp_1', isStored: true, hasContent: false });
  });

  it.each([
    [{}, true],
    [{ store: true }, true],
    [{ store: null }, true],
    [{ store: false }, false],
    [{ id: null }, false],
  ])('reports a response with %j as stored or not: %s', (response, isStored) => {
    for (const type of ['response.created', 'response.completed'])
      expect(read([event(type, response)]).reception.isStored).toBe(isStored);
  });

  it('keeps what the first event says about storing if a later one says nothing', () => {
    const { reception } = read([
      event('response.created', { store: false }),
      event('response.completed', {}),
    ]);
    expect(reception.isStored).toBe(false);
  });

  it.each([
    ['response.completed', { status: 'completed' }],
    ['response.incomplete', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }],
    ['response.incomplete', { status: 'incomplete', incomplete_details: null }],
  ])('is complete with %s', (type, response) => {
    const usage = { input_tokens: 1, output_tokens: 2 };
    const { output, reception } = read([CREATED, ITEM, event(type, { ...response, usage })]);
    expect(output).toBe(CREATED + ITEM + event(type, { ...response, usage }));
    expect(reception).toMatchObject({ isComplete: true, failure: null, usage });
  });

  it.each([
    ['rate_limit_exceeded', 429],
    ['server_error', 500],
    ['invalid_prompt', 400],
    ['image_too_large', 400],
    ['unsupported_image_media_type', 400],
    ['context_length_exceeded', 400],
    ['insufficient_quota', 429],
    ['server_is_overloaded', 503],
    ['vector_store_timeout', 504],
    ['something_new', 502],
  ])('reports a failed response with code %s as %i', (code, status) => {
    const usage = { input_tokens: 1, output_tokens: 2 };
    const error = { code, message: 'Slow down' };
    const failed = event('response.failed', { status: 'failed', error, usage });
    for (const before of [
      [CREATED, PROGRESS],
      [CREATED, ITEM, DELTA],
    ]) {
      const { output, reception } = read([...before, failed]);
      expect(reception.failure).toEqual({ status, code, type: 'api_error', message: 'Slow down' });
      expect(reception).toMatchObject({ usage, isComplete: false, isTruncated: false });
      expect(reception.failedEvent!.toString()).toBe(failed);
      expect(output).toBe(before.length > 2 ? before.join('') : '');
    }
  });

  it('reports a failed response without an error', () => {
    const { reception } = read([event('response.failed', { status: 'failed', error: null })]);
    expect(reception.failure).toEqual({
      status: 502,
      code: 'upstream_error',
      type: 'api_error',
      message: '',
    });
  });

  it.each([
    [{ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down', param: null, sequence_number: 3 }],
    [{ type: 'error', error: { type: 'tokens', code: 'rate_limit_exceeded', message: 'Slow down' } }],
  ])('reports the error event %j', (error) => {
    for (const text of [named(error), `data: ${JSON.stringify(error)}\n\n`]) {
      const { output, reception } = read([CREATED, text]);
      expect(output).toBe('');
      expect(reception.failure).toMatchObject({
        status: 429,
        code: 'rate_limit_exceeded',
        message: 'Slow down',
      });
    }
  });

  it('counts the bytes of all deltas, but not of other events', () => {
    const delta = (type: string, text: string, sequence_number: number): string =>
      named({ type, sequence_number, item_id: 'item_1', delta: text, obfuscation: 'abcdefgh' });
    const { reception } = read([
      delta('response.output_text.delta', 'ab', 9),
      delta('response.output_text.delta', 'cd', 10),
      delta('response.function_call_arguments.delta', '{}', 100),
      named({ type: 'response.output_text.done', text: 'abcd', delta: 'abcd' }),
    ]);
    expect(reception.deltaBytes).toBe(6);
  });

  it('reads a long preamble without parsing it', () => {
    const created = event('response.created', { instructions: 'x'.repeat(300_000), tools: [{ id: 'tool' }] });
    expect(read([created, created]).reception).toMatchObject({ responseId: 'resp_1', hasContent: false });
  });
});

import { receive } from './fixtures/received';
import { MESSAGES, named, SAMPLES } from './fixtures/sample-streams';
import { heartbeatOf, reportComment, streamErrorEvent, withFailureMessage } from './stream-error';

const ERROR = {
  message: 'main^gpt-5 stopped: "gone"\n',
  openaiType: 'server_error',
  anthropicType: 'overloaded_error',
  code: 'upstream_truncated',
};
const REQUEST_ID = '019ad2c3-8400-7abc-8def-0123456789ab';
const CONTEXT = { requestId: REQUEST_ID, hasSentEvents: true };

describe('streamErrorEvent', () => {
  it('returns an error chunk for chat completions', () => {
    expect(streamErrorEvent('openai_chat_completions', ERROR, CONTEXT).toString()).toBe(
      `data: ${JSON.stringify({
        error: { message: ERROR.message, type: 'server_error', code: 'upstream_truncated', param: null },
      })}\n\n`,
    );
  });

  it('returns an error event for messages', () => {
    expect(streamErrorEvent('anthropic_messages', ERROR, CONTEXT).toString()).toBe(
      named({
        type: 'error',
        error: { type: 'overloaded_error', message: ERROR.message },
        request_id: REQUEST_ID,
      }),
    );
  });

  it('returns a failed response with the id and model of the stream', () => {
    const event = streamErrorEvent('openai_responses', ERROR, {
      ...CONTEXT,
      responseId: 'resp_1',
      model: 'gpt-5',
      sequenceNumber: 7,
    });
    expect(parseEvents(event)).toEqual([
      {
        type: 'response.failed',
        sequence_number: 7,
        response: expect.objectContaining({
          id: 'resp_1',
          object: 'response',
          model: 'gpt-5',
          status: 'failed',
          error: { code: 'upstream_truncated', message: ERROR.message },
          output: [],
        }),
      },
    ]);
  });

  it('creates the response first if no event was sent', () => {
    const event = streamErrorEvent('openai_responses', ERROR, { ...CONTEXT, hasSentEvents: false });
    const [created, failed] = parseEvents(event);
    const id = 'resp_019ad2c384007abc8def0123456789ab';
    const created_at = Math.floor(0x019ad2c38400 / 1000);
    expect(created).toMatchObject({
      type: 'response.created',
      sequence_number: 0,
      response: { id, created_at, status: 'in_progress', error: null },
    });
    expect(failed).toMatchObject({
      type: 'response.failed',
      sequence_number: 1,
      response: { id, created_at, status: 'failed', error: { code: 'upstream_truncated' } },
    });
  });

  it.each(SAMPLES)('of %s is an error to this gateway, too', (protocol) => {
    const event = streamErrorEvent(protocol, ERROR, { ...CONTEXT, hasSentEvents: false });
    const { output, reception } = receive(protocol, [event]);
    expect(output).toBe('');
    expect(reception.failure).toMatchObject({ message: ERROR.message.trim() });
  });
});

describe.each(SAMPLES)('heartbeats and reports of %s', (protocol, events) => {
  it('fit between all events', () => {
    const heartbeat = heartbeatOf(protocol).toString();
    const comment = reportComment('{"selector":"main^gpt-5"}').toString();
    expect(comment).toBe(': caret {"selector":"main^gpt-5"}\n\n');
    const text = events.map((event) => heartbeat + comment + event).join('');
    const { output, reception } = receive(protocol, [text]);
    expect(output).toBe(text);
    expect(reception.isComplete).toBe(true);
  });

  it('is no content', () => {
    expect(receive(protocol, [heartbeatOf(protocol)]).reception.hasContent).toBe(false);
  });
});

describe('withFailureMessage', () => {
  const failed = (error: object | null): Buffer =>
    Buffer.from(
      named({ type: 'response.failed', response: { id: 'resp_1', error, usage: { input_tokens: 1 } } }),
    );

  it('replaces only the message', () => {
    const pieces = withFailureMessage(failed({ code: 'server_error', message: 'key "sk-1"' }), 'key "***"');
    expect(Buffer.concat(pieces!)).toEqual(failed({ code: 'server_error', message: 'key "***"' }));
  });

  it.each([failed(null), failed({ code: 'x' }), Buffer.from(MESSAGES[0]!), Buffer.from('data:')])(
    'returns null without a message: %#',
    (event) => {
      expect(withFailureMessage(event, 'x')).toBeNull();
    },
  );
});

function parseEvents(bytes: Buffer): unknown[] {
  return bytes
    .toString()
    .trim()
    .split('\n\n')
    .map((event) => {
      const [name, data] = event.split('\n');
      const json = JSON.parse(data!.slice('data: '.length));
      expect(name).toBe(`event: ${json.type}`);
      return json;
    });
}

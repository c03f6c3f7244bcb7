import type { IncomingHttpHeaders } from 'node:http';
import { RequestBody } from '../body/request-body';
import { ENDPOINTS, type EndpointPath } from '../dialect/endpoint';
import { GatewayError } from '../dialect/gateway-error';
import { parseCallOptions } from './call-options';
import { readRequestedCall, type RequestedCall } from './requested-call';

function read(
  path: EndpointPath,
  fields: Record<string, unknown>,
  headers: IncomingHttpHeaders = {},
): RequestedCall {
  const endpoint = ENDPOINTS.find((each) => each.path === path)!;
  const body = RequestBody.parse(Buffer.from(JSON.stringify({ model: 'm', ...fields })));
  return readRequestedCall(endpoint, headers, body, parseCallOptions(headers, true));
}

const DEFAULTS: RequestedCall = {
  selectors: ['m'],
  isStream: false,
  choices: 1,
  wantsUsage: false,
  session: null,
  store: null,
  previousResponseId: null,
  statefulMarker: null,
  maxTokens: null,
  isBackground: false,
};

describe('readRequestedCall', () => {
  it.each<[EndpointPath, Record<string, unknown>, Partial<RequestedCall>]>([
    ['chat/completions', {}, {}],
    ['chat/completions', { model: '' }, { selectors: [''] }],
    ['chat/completions', { stream: true }, { isStream: true }],
    ['chat/completions', { stream: 'true' }, {}],
    ['embeddings', { stream: true }, {}],
    ['messages/count_tokens', { stream: true }, {}],
    ['chat/completions', { n: 3 }, { choices: 3 }],
    ['chat/completions', { n: 0 }, {}],
    ['chat/completions', { n: 1.5 }, {}],
    ['responses', { n: 3 }, {}],
    ['chat/completions', { stream_options: { include_usage: true } }, { wantsUsage: true }],
    ['chat/completions', { stream_options: { include_usage: false } }, {}],
    ['chat/completions', { stream_options: null }, {}],
    ['responses', { stream_options: { include_usage: true } }, {}],
    ['responses', { store: false }, { store: false }],
    ['responses', { store: null }, {}],
    ['responses', { previous_response_id: 'resp_1' }, { previousResponseId: 'resp_1' }],
    ['responses', { previous_response_id: null }, {}],
    ['responses', { conversation: 'conv_1' }, { statefulMarker: 'conversation' }],
    ['messages', { container: { id: 'c' } }, { statefulMarker: 'container' }],
    ['messages', { thread: 't', container: null }, { statefulMarker: 'thread' }],
    ['messages', { max_tokens: 5 }, { maxTokens: 5 }],
    ['chat/completions', { max_tokens: 5, max_completion_tokens: 6 }, { maxTokens: 6 }],
    ['responses', { max_output_tokens: 7 }, { maxTokens: 7 }],
    ['messages', { max_tokens: -1 }, {}],
    ['messages', { max_tokens: '5' }, {}],
    ['responses', { background: true }, { isBackground: true }],
  ])('reads a call of %s with %j', (path, fields, expected) => {
    expect(read(path, fields)).toEqual({ ...DEFAULTS, ...expected });
  });

  it('puts `model` before the selectors of the header', () => {
    expect(read('responses', {}, { 'x-caret-selectors': 'a, b' }).selectors).toEqual(['m', 'a', 'b']);
  });

  it.each<[string, IncomingHttpHeaders, Record<string, unknown>, string | null]>([
    [
      'x-caret-session',
      { 'x-caret-session': 'a', 'x-claude-code-session-id': 'b', 'session-id': 'c' },
      { prompt_cache_key: 'd' },
      'a',
    ],
    [
      'x-claude-code-session-id',
      { 'x-claude-code-session-id': 'b', 'session-id': 'c' },
      { prompt_cache_key: 'd' },
      'b',
    ],
    ['session-id', { 'session-id': 'c' }, { prompt_cache_key: 'd' }, 'c'],
    ['prompt_cache_key', {}, { prompt_cache_key: 'd' }, 'd'],
    [
      'nothing, if an id is too long',
      { 'session-id': 'x'.repeat(257) },
      { prompt_cache_key: 'y'.repeat(257) },
      null,
    ],
    ['nothing, if ids are empty', { 'session-id': '' }, { prompt_cache_key: '' }, null],
  ])('takes the session from %s', (_source, headers, fields, session) => {
    expect(read('chat/completions', fields, headers).session).toBe(session);
  });

  it.each([
    [undefined, 'The parameter "model" is missing.'],
    [null, 'The parameter "model" is not a string.'],
    [1, 'The parameter "model" is not a string.'],
    [['a'], 'The parameter "model" is not a string.'],
  ])('rejects the model %j', (model, message) => {
    let thrown: unknown;
    try {
      read('messages', { model });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(thrown).toMatchObject({ code: 'invalid_body', details: { param: 'model' } });
    expect((thrown as GatewayError).message).toContain(message);
  });
});

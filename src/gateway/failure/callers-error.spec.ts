import type { Dialect } from '../dialect/endpoint';
import { createCallersError } from './callers-error';
import { classifyResponse } from './classify-response';

const SECRET = 'topsecretvalue1234567890';
const REQUEST_ID = '0193e0a2-6f40-7abc-9b02-1c7e4a9d5f28';

function pass(status: number, body: string | Buffer, dialect: Dialect) {
  const bytes = Buffer.from(body);
  const failure = classifyResponse(status, {}, bytes, [SECRET]);
  const error = createCallersError(failure, bytes, [SECRET], dialect, REQUEST_ID);
  expect(error.contentType).toBe('application/json');
  return { status: error.status, body: JSON.parse(error.body.toString()) };
}

describe('createCallersError', () => {
  it('keeps type, code, param and all other members of an error of OpenAI', () => {
    const error = { message: 'bad', type: 'invalid_request_error', param: 'n', code: 'x', inner: { a: [1] } };
    expect(pass(400, JSON.stringify({ error }), 'openai')).toEqual({ status: 400, body: { error } });
  });

  it('keeps the type of an error of Anthropic, under the request id of Caret', () => {
    const error = { type: 'not_found_error', message: 'File not found: file_1' };
    const body = JSON.stringify({ type: 'error', error, request_id: 'req_1' });
    expect(pass(404, body, 'anthropic')).toEqual({
      status: 404,
      body: { type: 'error', error, request_id: REQUEST_ID },
    });
  });

  it.each([
    [
      'vLLM',
      '{"object":"error","message":"bad","type":"BadRequestError","param":null,"code":400}',
      'bad',
      'BadRequestError',
      '400',
    ],
    [
      'FastAPI',
      '{"detail":[{"loc":["body","n"],"msg":"wrong"}]}',
      'body.n: wrong',
      'invalid_request_error',
      'invalid_request',
    ],
    [
      'Gemini',
      '[{"error":{"message":"bad","code":400,"status":"INVALID_ARGUMENT"}}]',
      'bad',
      'invalid_request_error',
      '400',
    ],
    ['text', '{"error":"bad"}', 'bad', 'invalid_request_error', 'invalid_request'],
    [
      'no JSON',
      '<html>',
      'The upstream rejected the request (HTTP 400).',
      'invalid_request_error',
      'invalid_request',
    ],
    [
      'no body',
      '',
      'The upstream rejected the request (HTTP 400).',
      'invalid_request_error',
      'invalid_request',
    ],
  ])('gives an error of %s the form of OpenAI', (_name, body, message, type, code) => {
    const { error } = pass(400, body, 'openai').body;
    expect(error).toMatchObject({ message, type, param: null, code });
  });

  it.each([
    [
      'OpenAI',
      400,
      '{"error":{"message":"bad","type":"invalid_request_error","code":"x"}}',
      'invalid_request_error',
      'bad',
    ],
    ['another type', 400, '{"error":{"message":"bad","type":"BadRequest"}}', 'invalid_request_error', 'bad'],
    ['404', 404, '{"error":{"message":"No such file"}}', 'not_found_error', 'No such file'],
    ['413', 413, '<html>', 'request_too_large', 'The upstream rejected the request (HTTP 413).'],
  ])('gives an error of %s the form of Anthropic', (_name, status, body, type, message) => {
    expect(pass(status, body, 'anthropic').body).toMatchObject({
      type: 'error',
      error: { type, message },
      request_id: REQUEST_ID,
    });
  });

  it('says that content was rejected, without the words of 403', () => {
    const { status, body } = pass(403, '{"error":{"message":"Your input was flagged: my prompt"}}', 'openai');
    expect(status).toBe(403);
    expect(body.error).toMatchObject({
      message: 'The upstream rejected the content of the request (HTTP 403).',
      code: 'content_rejected',
    });
  });

  const escaped = [...SECRET]
    .map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
  it.each([
    ['in the message', `{"error":{"message":"key ${SECRET}"}}`],
    ['behind escapes', `{"error":{"message":"key ${escaped}"}}`],
    ['in a key', `{"error":{"message":"x","${SECRET}":1}}`],
    ['in a key behind escapes', `{"error":{"message":"x","${escaped}":1}}`],
    ['deep inside', `{"error":{"message":"x","inner":[{"a":["${SECRET}"]}]}}`],
    ['in param', `{"error":{"message":"x","param":"${SECRET}"}}`],
    ['in code', `{"error":{"message":"x","code":"${SECRET}"}}`],
    ['in a member that another one hides', `{"error":{"message":"${SECRET}","message":"x"}}`],
    ['as base64', `{"error":{"message":"x ${Buffer.from(SECRET).toString('base64')}"}}`],
    ['of another vendor', '{"error":{"message":"x sk-proj-abcdefgh12345678"}}'],
    ['behind a separator of texts', `{"error":{"message":"x\\"\\u0001\\"${SECRET}"}}`],
    ['in a text', `"${SECRET}"`],
  ])('removes a secret %s', (_name, body) => {
    for (const dialect of ['openai', 'anthropic'] as const) {
      const text = JSON.stringify(pass(400, body, dialect).body);
      expect(text).not.toMatch(/secretvalue|c2VjcmV0|abcdefgh1234/);
    }
  });

  it.each([
    ['deep nesting', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['1 MB of words', JSON.stringify({ error: { message: 'a'.repeat(1_000_000) } })],
    ['many values', `[${'1,'.repeat(30_000)}1]`],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xc0, 0x22])],
    ['keys of prototypes', '{"error":{"message":"x","__proto__":{"a":1},"constructor":2}}'],
    ['a null', 'null'],
  ])('gives a hostile body a form that SDKs can read: %s', (_name, body) => {
    expect(typeof pass(422, body, 'openai').body.error.message).toBe('string');
    expect(typeof pass(422, body, 'anthropic').body.error.message).toBe('string');
  });
});

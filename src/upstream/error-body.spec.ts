import { findErrorWords, reportsError } from './error-body';

describe('findErrorWords', () => {
  it.each<[string, unknown, string]>([
    ['OpenAI', { error: { message: 'why', type: 'invalid_request_error', param: null, code: null } }, 'why'],
    ['Anthropic', { type: 'error', error: { type: 'not_found_error', message: 'why' } }, 'why'],
    ['Ollama', { error: 'why' }, 'why'],
    ['FastAPI', { detail: 'why' }, 'why'],
    ['Gemini, in an array', [{ error: { code: 400, message: 'why', status: 'INVALID_ARGUMENT' } }], 'why'],
    [
      'Cloudflare',
      { success: false, errors: [{ code: 10000, message: 'why' }], messages: [], result: null },
      'why',
    ],
    [
      'FastAPI validation',
      { detail: [{ type: 'missing', loc: ['body', 'messages'], msg: 'Field required', input: null }] },
      'body.messages: Field required',
    ],
    ['LiteLLM', { detail: { error: 'why', code: 401 } }, 'why'],
    [
      'Mistral',
      { object: 'error', message: { detail: [{ loc: ['body', 'x'], msg: 'Field required' }] } },
      'body.x: Field required',
    ],
    ['Hugging Face', { error: ['why'] }, 'why'],
    ['AWS', { Message: 'why' }, 'why'],
    ['a gateway', { Error: 'why' }, 'why'],
    ['Zhipu', { code: 1001, msg: 'why' }, 'why'],
    ['Baidu', { error_code: 110, error_msg: 'why' }, 'why'],
    ['MiniMax', { id: '', choices: null, base_resp: { status_code: 1004, status_msg: 'why' } }, 'why'],
    ['OAuth', { error: 'invalid_token', error_description: 'why' }, 'why'],
    ['problem details', { type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'why' }, 'why'],
    ['a title alone', { title: 'why', status: 401 }, 'why'],
    ['Apigee', { fault: { faultstring: 'why', detail: { errorcode: 'x' } } }, 'why'],
    ['Ark', { ResponseMetadata: { Error: { Code: 'x', Message: 'why' } } }, 'why'],
    ['JSON within the message', { error: { message: '{"error": {"message": "why"}}' } }, 'why'],
    [
      'OpenRouter',
      { error: { message: 'Provider returned error', metadata: { raw: '{"message":"why"}' } } },
      'Provider returned error: why',
    ],
    ['an empty member before another', { error: { message: '' }, message: 'why' }, 'why'],
  ])('reads the words of %s', (_vendor, json, words) => {
    expect(findErrorWords(json)).toBe(words);
  });

  it.each([[{}], [null], [[]], [5], [{ error: {} }], [{ page: 'x' }], [{ error: { code: 5 } }]])(
    'finds none in %j',
    (json) => {
      expect(findErrorWords(json)).toBeNull();
    },
  );
});

describe('reportsError', () => {
  it.each([
    [{ error: 'Unexpected endpoint (GET /models)' }],
    [{ error: { message: 'User has no active subscription', code: 402 } }],
    [{ success: false, message: 'access token is not valid' }],
    [{ code: 401, msg: 'token expired or incorrect', success: false }],
    [{ code: 401, msg: 'token expired or incorrect' }],
    [{ id: '', choices: null, base_resp: { status_code: 1004, status_msg: 'login fail' } }],
    [{ object: 'error', message: 'your model is not available', code: 40301 }],
    [{ error_code: 110, error_msg: 'Access token invalid' }],
    [[{ error: { code: 400, message: 'API key not valid' } }]],
    [{ detail: 'Not Found' }],
  ])('finds an error in %j', (json) => {
    expect(reportsError(json)).toBe(true);
  });

  it.each([
    [{ object: 'list', data: [], success: true }],
    [{ object: 'list', data: null }],
    [{ data: [], error: null }],
    [{ data: [], error: false, errors: [], messages: ['note'] }],
    [{ code: 0, message: 'success', data: null }],
    [{ code: 200, msg: 'ok', data: [{ id: 'm' }] }],
    [{ code: 20000, message: 'OK', status: true, data: [{ id: 'm' }] }],
    [{ choices: [{}], base_resp: { status_code: 0, status_msg: '' } }],
    [{ object: 'response', output: [], error: null }],
    [[{ id: 'm', error: 'none' }]],
    [{}],
    ['text'],
    [null],
  ])('finds none in %j', (json) => {
    expect(reportsError(json)).toBe(false);
  });
});

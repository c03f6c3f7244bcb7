import { reportedFailure } from './reported-failure';

describe('reportedFailure', () => {
  it.each([
    [
      { error: { message: 'x', type: 'invalid_request_error', param: 'a', code: null } },
      400,
      'invalid_request_error',
      'invalid_request_error',
    ],
    [
      { error: { message: 'x', type: 'tokens', code: 'rate_limit_exceeded' } },
      429,
      'rate_limit_exceeded',
      'tokens',
    ],
    [{ error: { message: 'x', code: 402, metadata: {} } }, 402, 'upstream_error', 'api_error'],
    [{ error: { message: 'x', code: '504' } }, 504, '504', 'api_error'],
    [{ error: { message: 'x', type: 'BadRequestError', code: 400 } }, 400, 'BadRequestError', 'api_error'],
    [
      { error: { code: 429, message: 'x', status: 'RESOURCE_EXHAUSTED' } },
      429,
      'upstream_error',
      'api_error',
    ],
    [{ error: { message: 'x', status: 'UNAVAILABLE' } }, 503, 'upstream_error', 'api_error'],
    [[{ error: { code: 503, message: 'x' } }], 503, 'upstream_error', 'api_error'],
    [{ error: 'x' }, 502, 'upstream_error', 'api_error'],
    [{ error: 'x', status_code: 500 }, 500, 'upstream_error', 'api_error'],
    [{ detail: [{ loc: ['body'], msg: 'x' }] }, 502, 'upstream_error', 'api_error'],
    [{ message: 'x', code: 200 }, 502, 'upstream_error', 'api_error'],
    [{ type: 'error', code: 'server_error', message: 'x' }, 500, 'server_error', 'api_error'],
    [{ error: { message: 'x', type: 'constructor', code: '__proto__' } }, 502, '__proto__', 'api_error'],
  ])('reads %j', (json, status, code, type) => {
    const message = expect.stringContaining('x');
    expect(reportedFailure(json, 'openai')).toEqual({ status, code, type, message });
  });

  it.each([
    ['overloaded_error', 'anthropic', 'overloaded_error'],
    ['overloaded_error', 'openai', 'api_error'],
    ['server_error', 'anthropic', 'api_error'],
    ['server_error', 'openai', 'server_error'],
  ] as const)('keeps the type %s for callers of %s as %s', (type, dialect, kept) => {
    expect(reportedFailure({ error: { type, message: '' } }, dialect).type).toBe(kept);
  });

  it.each([undefined, null, 1, '', [], [[]], {}, { error: null }, { error: {} }])('accepts %j', (json) => {
    expect(reportedFailure(json, 'anthropic')).toEqual({
      status: 502,
      code: 'upstream_error',
      type: 'api_error',
      message: '',
    });
  });

  it('cuts long words', () => {
    const long = 'x'.repeat(100_000);
    const { message, code } = reportedFailure({ error: { message: long, code: long } }, 'openai');
    expect([message.length, code.length]).toEqual([4096, 128]);
  });
});

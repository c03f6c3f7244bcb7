import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classifyResponse, classifyStreamFailure } from './classify-response';
import type { FailureCode } from './failure';
import { POLICIES } from './failure-policy';

/** Responses of vendors and what they mean: code, status, vendor and body, with `-` for no body. */
const VENDOR_ERRORS = readFileSync(join(__dirname, 'fixtures/vendor-errors.txt'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [code, status, vendor, body] = line.split(' | ');
    return { code, status: Number(status), vendor, body: body === '-' ? '' : body };
  });

const SECRETS = ['topsecretvalue1234567890'];

function classify(status: number, body: unknown, headers = {}, context = {}) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return classifyResponse(status, headers, bytes, SECRETS, context);
}

const error = (message: string, rest = {}) => ({ error: { message, ...rest } });

describe('classifyResponse', () => {
  it.each(VENDOR_ERRORS)('returns $code for $vendor ($status)', ({ code, status, body }) => {
    expect(classify(status, body).code).toBe(code);
  });

  it.each<[FailureCode, string, number, unknown]>([
    ['endpoint_not_found', 'any missing thing', 404, error('Not here')],
    ['endpoint_not_found', '405 with words', 405, error('Use another method')],
    ['endpoint_not_found', 'words about responses', 400, error('The Responses API is not supported')],
    [
      'endpoint_not_found',
      'a missing member',
      422,
      { detail: [{ loc: ['body', 'messages'], msg: 'Field required' }] },
    ],
    ['endpoint_not_found', 'new-api', 500, error('not implemented', { code: 'convert_request_failed' })],
    ['model_not_found', 'a missing model', 404, error('The model `x` does not exist', {})],
    ['invalid_request', 'a missing file', 404, error('No such File object: file-abc')],
    [
      'invalid_request',
      'an unsupported parameter',
      400,
      error("Unsupported parameter: 'seed' is not supported."),
    ],
    ['upstream_error', 'a failing server', 500, error('boom')],
  ])('returns %s for %s at a server that may lack the Responses API', (code, _what, status, body) => {
    expect(classify(status, body, {}, { isAutoResponses: true }).code).toBe(code);
  });

  it('takes a challenge of Cloudflare for a failure of the upstream', () => {
    const failure = classify(403, error('Forbidden'), { 'cf-mitigated': 'challenge' });
    expect(failure).toMatchObject({ code: 'upstream_error', kind: 'unavailable', status: 403, words: null });
  });

  it('takes a quota in words for a limit of the rate if a wait is known', () => {
    const body = error('You exceeded your current quota');
    expect(classify(429, body, { 'retry-after': '3' })).toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterMs: 3000,
    });
    expect(classify(429, body).code).toBe('upstream_quota');
  });

  it.each([
    [{ 'retry-after': '7' }, error('x'), 7000],
    [{}, error('Please try again in 6.5s.'), 6500],
    [{}, error('x'), 5000],
  ])('knows the wait of every rate limit: %j', (headers, body, waitMs) => {
    expect(classify(429, body, headers).retryAfterMs).toBe(waitMs);
  });

  it('keeps the wait of an overloaded upstream, if it names one', () => {
    expect(classify(503, '', { 'retry-after': '9' }).retryAfterMs).toBe(9000);
    expect(classify(503, '').retryAfterMs).toBeNull();
  });

  it.each([
    [401, error('x'), 'provider'],
    [402, '', 'provider'],
    [404, error('The model `x` does not exist'), 'model'],
    [429, error('x'), 'model'],
    [500, error('x'), 'model'],
  ])('concerns with %i the right scope', (status, body, scope) => {
    expect(classify(status, body).scope).toBe(scope);
  });

  it('concerns all models of a provider if its organisation has no requests left', () => {
    const headers = {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': '60',
    };
    expect(classify(429, error('x'), headers)).toMatchObject({ scope: 'provider', retryAfterMs: 60_000 });
    expect(classify(429, error('x'), { 'x-ratelimit-scope': 'organization' }).scope).toBe('provider');
  });

  it('never repeats the words of 401 and 403', () => {
    expect(classify(401, error('Incorrect API key provided: sk-12345678')).words).toBeNull();
    expect(classify(403, error('Your input was flagged')).words).toBeNull();
  });

  it('redacts and truncates the words', () => {
    const failure = classify(500, error(`key ${SECRETS[0]} failed ${'x'.repeat(500)}`));
    expect(failure.words).toHaveLength(200);
    expect(failure.words).toContain('[redacted]');
    expect(JSON.stringify(failure)).not.toContain('secretvalue');
  });

  it('redacts the field that an error names', () => {
    expect(JSON.stringify(classify(400, error('bad', { param: SECRETS[0] })))).not.toContain('secretvalue');
  });

  it.each([
    ['deep nesting', Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ['many values', Buffer.from(`[${'1,'.repeat(400_000)}1]`)],
    ['1 MB of words', Buffer.from(JSON.stringify(error('model '.repeat(170_000))))],
    ['1 MB of quotes', Buffer.from(JSON.stringify(error(`'"\``.repeat(170_000))))],
    ['more than 1 MiB', Buffer.alloc(3_000_000, 'a')],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['half of a JSON text', Buffer.from('{"error":{"message":"x')],
    [
      'keys of prototypes',
      Buffer.from('{"__proto__":{"message":"x"},"error":{"constructor":1,"code":"constructor"}}'),
    ],
    ['numbers for words', Buffer.from('{"error":{"message":1,"code":null,"type":[],"param":{}}}')],
  ])('classifies a hostile body by its status: %s', (_name, body) => {
    expect(classifyResponse(400, {}, body, SECRETS).kind).toBe('invalid_request');
    expect(classifyResponse(500, {}, body, SECRETS).kind).toBe('unavailable');
  });

  it('returns a kind with a policy for every status', () => {
    for (let status = 100; status < 1000; status++) {
      expect(POLICIES[classify(status, '').kind]).toBeDefined();
    }
  });
});

describe('classifyStreamFailure', () => {
  it.each<[number, string, string, FailureCode]>([
    [529, 'overloaded_error', 'Overloaded', 'upstream_overloaded'],
    [429, 'rate_limit_error', 'Slow down', 'rate_limit_exceeded'],
    [400, 'invalid_request_error', 'prompt is too long: 3 > 2', 'context_length_exceeded'],
    [502, 'upstream_error', '', 'upstream_error'],
    [401, 'authentication_error', 'invalid x-api-key', 'upstream_auth_failed'],
  ])('classifies %i %s', (status, type, message, code) => {
    expect(classifyStreamFailure({ status, type, code: type, message }, SECRETS).code).toBe(code);
  });

  it('redacts the words', () => {
    const message = `boom ${SECRETS[0]}`;
    const failure = classifyStreamFailure(
      { status: 500, type: 'api_error', code: 'api_error', message },
      SECRETS,
    );
    expect(failure.words).toBe('boom [redacted]');
  });
});

import { upstreamRejected, upstreamReportedError, type RejectedCall } from './upstream-rejection';

const body = (value: unknown) => Buffer.from(JSON.stringify(value));
const rejected = (status: number, sent: Buffer, more: Partial<RejectedCall> = {}) =>
  upstreamRejected({
    status,
    headers: {},
    body: sent,
    method: 'GET',
    url: new URL('https://h.example/v1/models?api-version=1'),
    secrets: [],
    credentialHint: '',
    ...more,
  });

describe('upstreamRejected', () => {
  it.each([
    [401, 'llm_providers.upstream_auth_failed', 'invalid'],
    [403, 'llm_providers.upstream_auth_failed', 'invalid'],
    [400, 'llm_providers.upstream_request_failed', 'invalid'],
    [404, 'llm_providers.upstream_request_failed', 'invalid'],
    [429, 'llm_providers.upstream_request_failed', 'invalid'],
    [500, 'llm_providers.upstream_error', 'upstream_failed'],
    [529, 'llm_providers.upstream_error', 'upstream_failed'],
  ])('translates %i to %s', (status, code, kind) => {
    expect(rejected(status, Buffer.alloc(0))).toMatchObject({ code, kind, upstreamStatus: status });
  });

  it.each([
    ['an empty JSON body', {}, 'llm_providers.upstream_auth_failed'],
    ['a wrong key', { error: { message: 'Invalid API key' } }, 'llm_providers.upstream_auth_failed'],
    [
      'a Cloudflare envelope',
      { success: false, errors: [{ message: 'Authentication error' }] },
      'llm_providers.upstream_auth_failed',
    ],
    [
      'a missing scope',
      { error: { message: 'Missing scopes: api.model.read' } },
      'llm_providers.upstream_forbidden',
    ],
    [
      'an unknown route of API Gateway',
      { message: 'Missing Authentication Token' },
      'llm_providers.upstream_forbidden',
    ],
    [
      'a policy',
      { Message: 'User is not authorized with an explicit deny' },
      'llm_providers.upstream_forbidden',
    ],
    [
      'a country',
      { error: { message: 'Country, region, or territory not supported' } },
      'llm_providers.upstream_forbidden',
    ],
  ])('distinguishes what a 403 rejects: %s', (_what, json, code) => {
    expect(rejected(403, body(json)).code).toBe(code);
  });

  it('says that a page, and not the upstream, rejected the request', () => {
    const page = Buffer.from('<html><title>Just a moment...</title></html>');
    expect(rejected(403, page)).toMatchObject({ code: 'llm_providers.upstream_forbidden' });
    const challenge = rejected(403, page, { headers: { 'cf-mitigated': 'challenge' } });
    expect(challenge.detail).toContain('Cloudflare blocked it');
  });

  it.each([
    [400, 'API key not valid. Please pass a valid API key.'],
    [400, 'Incorrect API key provided: sk-****. You can find your API key at https://vendor.example.'],
    [422, 'invalid api_key'],
  ])('finds a rejected key behind HTTP %i: %s', (status, message) => {
    expect(rejected(status, body({ error: { message } })).code).toBe('llm_providers.upstream_auth_failed');
  });

  it.each([404, 405])('names the URL of HTTP %i without its query', (status) => {
    expect(rejected(status, Buffer.alloc(0)).detail).toContain(
      'GET https://h.example/v1/models; check base_url',
    );
  });

  it.each([
    ['37', 37],
    ['0.4', 1],
    ['Sun, 29 Nov 2026 10:00:30 GMT', 30],
    ['soon', undefined],
  ])('hands on Retry-After: %s', (text, seconds) => {
    const headers = { 'retry-after': text, date: 'Sun, 29 Nov 2026 10:00:00 GMT' };
    const error = rejected(429, Buffer.alloc(0), { headers });
    expect(error.retryAfterSeconds).toBe(seconds);
    expect(error.members).toEqual(seconds === undefined ? undefined : { retry_after: seconds });
  });

  it('quotes nothing from a body without a JSON error message', () => {
    expect(rejected(500, Buffer.from('<html>internal page</html>')).detail).not.toContain('internal');
    expect(rejected(500, body({ page: 'internal' })).detail).not.toContain('internal');
    expect(rejected(500, body(null)).detail).not.toContain('internal');
  });

  it('quotes a short text on one line, without the key', () => {
    const key = 'k3y-0123456789-abcdefgh';
    const message = `bad key\r\n${key} ${'y'.repeat(500)}${key}`;
    const { detail } = rejected(401, body({ error: { message } }), { secrets: [key] });
    expect(detail).toContain('bad key [redacted] yyy');
    expect(detail.length).toBeLessThan(300);
  });

  it('removes a key that the end of the quote would cut', () => {
    const key = 'k3y-0123456789-abcdefgh';
    const { detail } = rejected(401, body({ error: { message: 'y'.repeat(190) + key } }), { secrets: [key] });
    expect(detail).not.toContain('k3y');
  });
});

describe('upstreamReportedError', () => {
  it('quotes the words of an error with status 200', () => {
    expect(upstreamReportedError({ error: 'Unexpected endpoint' }, 200, [])).toMatchObject({
      code: 'llm_providers.upstream_error',
      upstreamStatus: 200,
      detail: 'The upstream sent an error with HTTP 200: "Unexpected endpoint"',
    });
  });
});

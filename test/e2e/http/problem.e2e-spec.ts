import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider } from '../../support/clients/accounts';
import type { ApiResponse } from '../../support/clients/api-client';

const UNKNOWN_ID = '01936b1e-0000-7000-8000-000000000000';

describe('a problem', () => {
  let app: TestApp;
  let taken: string;

  beforeAll(async () => {
    app = await startTestApp();
    taken = (await createProvider(app.api, { name: 'taken' })).id;
  });
  afterAll(() => app.stop());

  /** One problem for each status that a client can cause. */
  async function problems(): Promise<[number, string, ApiResponse][]> {
    const provider = `/v1/llm-providers/${taken}`;
    const again = { name: 'Taken', provider: 'openai', api_key: 'sk-0123456789abcdef' };
    const stale = { headers: { 'If-Match': '"stale"' } };
    const plain = { headers: { 'Content-Type': 'text/plain' } };
    const html = { headers: { Accept: 'text/html' } };
    return [
      [400, '/v1/tokens', await app.api.post('/v1/tokens', '{')],
      [400, '/v1/tokens', await app.api.get('/v1/tokens?limit=0')],
      [400, provider, await app.api.patch(provider, {}, { headers: { 'If-Match': 'unquoted' } })],
      [401, '/v1/account', await app.clientFor().get('/v1/account')],
      [401, '/v1/account', await app.clientFor('nonsense').get('/v1/account')],
      [404, `/v1/tokens/${UNKNOWN_ID}`, await app.api.get(`/v1/tokens/${UNKNOWN_ID}?`)],
      [404, '/v1/nothing', await app.api.get('/v1/nothing?secret=1')],
      [405, '/v1/account', await app.api.delete('/v1/account')],
      [406, '/v1/account', await app.api.get('/v1/account', html)],
      [409, '/v1/llm-providers', await app.api.post('/v1/llm-providers', again)],
      [412, provider, await app.api.patch(provider, {}, stale)],
      [413, '/v1/tokens', await app.api.post('/v1/tokens', ' '.repeat(300_000))],
      [415, '/v1/tokens', await app.api.post('/v1/tokens', '{}', plain)],
      [422, '/v1/tokens', await app.api.post('/v1/tokens', {})],
    ];
  }

  it('has the members of RFC 9457, a stable code and the trace id of its header', async () => {
    for (const [status, instance, { headers, body, ...response }] of await problems()) {
      expect(response.status).toBe(status);
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(body).toMatchObject({
        type: `urn:caret:problem:${body.code}`,
        title: expect.stringMatching(/^[A-Z]/),
        status,
        detail: expect.stringMatching(/\w/),
        instance,
        code: expect.stringMatching(/^[a-z_]+(\.[a-z_]+)*$/),
        trace_id: headers.get('x-request-id'),
      });
    }
  });

  it('has no other members, except `errors` for invalid fields', async () => {
    const known = ['type', 'title', 'status', 'detail', 'instance', 'code', 'trace_id'];
    for (const [status, , { body }] of await problems()) {
      expect(Object.keys(body)).toEqual(status === 422 ? [...known, 'errors'] : known);
    }
  });

  it('is not cacheable', async () => {
    for (const [, , { headers }] of await problems())
      expect(headers.get('cache-control')).toContain('no-store');
  });

  describe('X-Request-Id', () => {
    const withId = (id: string, path = '/v1/account') =>
      app.api.get(path, { headers: { 'X-Request-Id': id } });

    it.each(['a', 'deploy-42', '0af7651916cd43dd8448eb211c80319c', 'A.b_c-9', 'x'.repeat(128)])(
      'is the well-formed id of the request: %s',
      async (id) => {
        expect((await withId(id)).headers.get('x-request-id')).toBe(id);
        const problem = await withId(id, '/v1/nothing');
        expect([problem.headers.get('x-request-id'), problem.body.trace_id]).toEqual([id, id]);
      },
    );

    it.each([
      '',
      ' ',
      'two words',
      'x'.repeat(129),
      '"quoted"',
      '{"json":1}',
      'é',
      '<script>',
      'a,b',
      '../x',
      'a;b',
    ])('is a new id when the request has the malformed id %s', async (id) => {
      const { headers } = await withId(id, '/v1/account');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('is a new id when the request has two ids', async () => {
      const headers = [
        ['Authorization', `Bearer ${app.adminToken}`],
        ['X-Request-Id', 'one'],
        ['X-Request-Id', 'two'],
      ] as const;
      const response = await app.api.rawRequest({ method: 'GET', path: '/v1/account', headers });
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('is different for each request', async () => {
      const ids = new Set<string>();
      for (let count = 0; count < 20; count++)
        ids.add((await app.api.get('/v1/account')).headers.get('x-request-id')!);
      expect(ids.size).toBe(20);
    });
  });
});

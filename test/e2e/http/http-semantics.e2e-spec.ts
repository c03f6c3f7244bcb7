import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider } from '../../support/clients/accounts';

const UNKNOWN_ID = '01936b1e-0000-7000-8000-000000000000';

describe('HTTP', () => {
  let app: TestApp;
  let provider: string;

  beforeAll(async () => {
    app = await startTestApp();
    provider = `/v1/llm-providers/${(await createProvider(app.api, {}, ['m'])).id}`;
  });
  afterAll(() => app.stop());

  it('returns 431 for header fields that are too large', async () => {
    const headers: [string, string][] = [['X-Padding', 'x'.repeat(20_000)]];
    const response = await app.clientFor().rawRequest({ method: 'GET', path: '/v1/account', headers });
    expect(response.status).toBe(431);
    expect(response.body).toMatchObject({ status: 431, code: 'request.headers_too_large' });
  });

  describe('a request with over 2,000 headers', () => {
    const PADDING = Array<[string, string]>(2_100).fill(['a', 'b']);
    const send = (method: string, last: [string, string], body?: string) => {
      const first: [string, string][] = [
        ['Host', 'localhost'],
        ['Authorization', `Bearer ${app.adminToken}`],
        ['Content-Type', 'application/json'],
      ];
      return app.api.rawRequest({ method, path: provider, headers: [...first, ...PADDING, last], body });
    };

    it('is rejected with 412 for a stale If-Match after them', async () => {
      const response = await send('PATCH', ['If-Match', '"stale"'], '{"enabled":true}');
      expect(response).toMatchObject({ status: 412, body: { code: 'request.stale_etag' } });
    });

    it('is rejected with 400 for a second Host after them', async () => {
      const response = await send('GET', ['Host', 'evil.example']);
      expect(response).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
    });
  });

  describe('404', () => {
    it.each([
      '/v1',
      '/v1/',
      '/v1/nothing',
      '/v2/account',
      '/V1/account',
      '/v1/account/',
      '/v1//account',
      '/v1/account;x',
      '/v1/%61ccount2',
    ])('is returned for the unknown route %s, with and without a token', async (path) => {
      for (const caller of [app.api, app.clientFor(), app.clientFor('nonsense')]) {
        const response = await caller.get(path);
        expect(response).toMatchObject({ status: 404, body: { code: 'route.not_found', status: 404 } });
      }
    });

    it.each([
      UNKNOWN_ID,
      UNKNOWN_ID.toUpperCase(),
      UNKNOWN_ID.replace('7000', '4000'),
      `{${UNKNOWN_ID}}`,
      'x',
      '0',
      'null',
      '__proto__',
      '%00',
      '%2e%2e%2f',
      '%F0%9F%98%80',
      "'%20OR%201=1",
      'x'.repeat(201),
      'x'.repeat(4000),
    ])('is returned for the unknown or malformed id %s', async (id) => {
      for (const [method, path, code] of [
        ['GET', `/v1/llm-providers/${id}`, 'llm_providers.not_found'],
        ['PATCH', `/v1/llm-providers/${id}`, 'llm_providers.not_found'],
        ['DELETE', `/v1/llm-providers/${id}`, 'llm_providers.not_found'],
        ['GET', `/v1/llm-providers/${id}/models`, 'llm_providers.not_found'],
        ['GET', `${provider}/models/${id}`, 'llm_provider_models.not_found'],
        ['DELETE', `${provider}/models/${id}`, 'llm_provider_models.not_found'],
        ['GET', `/v1/tokens/${id}`, 'tokens.not_found'],
        ['DELETE', `/v1/tokens/${id}`, 'tokens.not_found'],
      ] as const) {
        const response = await app.api.request(method, path, method === 'PATCH' ? {} : undefined);
        expect([method, path.slice(0, 60), response.status, response.body.code]).toEqual([
          method,
          path.slice(0, 60),
          404,
          code,
        ]);
      }
    });

    it.each(['%', '%zz', '%ff', '%c0%af'])(
      'or 400 is returned for the invalid escape %s in a path',
      async (id) => {
        const response = await app
          .clientFor()
          .raw(`GET /v1/llm-providers/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        expect([400, 401, 404]).toContain(response.status);
        expect(response.headers.get('content-type')).toContain('application/problem+json');
      },
    );
  });

  describe('405', () => {
    it.each([
      ['/v1/account', ['GET', 'HEAD']],
      ['/v1/tokens', ['GET', 'HEAD', 'POST']],
      [`/v1/tokens/${UNKNOWN_ID}`, ['GET', 'HEAD', 'DELETE']],
      [`/v1/tokens/${UNKNOWN_ID}/rotate`, ['POST']],
      ['/v1/llm-providers', ['GET', 'HEAD', 'POST']],
      [`/v1/llm-providers/${UNKNOWN_ID}`, ['GET', 'HEAD', 'PATCH', 'DELETE']],
      [`/v1/llm-providers/${UNKNOWN_ID}/models`, ['GET', 'HEAD', 'POST']],
      [`/v1/llm-providers/${UNKNOWN_ID}/test`, ['POST']],
      ['/v1/audit-events', ['GET', 'HEAD']],
      ['/v1/selectors', ['GET', 'HEAD']],
      ['/v1/resolve', ['POST']],
      ['/v1/resolve/check', ['POST']],
      ['/v1/cost', ['POST']],
      ['/healthz', ['GET', 'HEAD']],
    ])('is returned for other methods on %s, with Allow', async (path, allowed) => {
      const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter(
        (method) => !allowed.includes(method),
      );
      for (const method of others) {
        const response = await app.api.request(method, path);
        expect([method, response.status]).toEqual([method, 405]);
        expect(response.headers.get('allow')!.split(', ').sort()).toEqual([...allowed].sort());
        if (method !== 'HEAD') expect(response.body.code).toBe('route.method_not_allowed');
      }
    });
  });

  it.each(['/v1/llm-providers/discover', `/v1/llm-providers/${UNKNOWN_ID}/models/import`])(
    'lists in Allow the methods of %s, not those of an id in its place',
    async (path) => {
      const response = await app.api.request('OPTIONS', path);
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    },
  );

  describe('406', () => {
    it.each([
      'text/html',
      'application/xml',
      'image/*',
      'application/json;q=0',
      'text/plain, text/html;q=0.5',
    ])('is returned for Accept: %s', async (accept) => {
      const response = await app.api.get('/v1/account', { headers: { Accept: accept } });
      expect(response).toMatchObject({ status: 406, body: { code: 'request.not_acceptable' } });
    });

    it.each([
      '*/*',
      'application/*',
      'application/json',
      'APPLICATION/JSON',
      'text/html, */*;q=0.1',
      'application/json; charset=utf-8',
      'application/problem+json, application/json',
    ])('is not returned for Accept: %s', async (accept) => {
      expect((await app.api.get('/v1/account', { headers: { Accept: accept } })).status).toBe(200);
    });

    it('is returned before anything is written', async () => {
      const body = { name: 'unseen', provider: 'openai', api_key: 'sk-0123456789abcdef' };
      await app.api.post('/v1/llm-providers', body, { headers: { Accept: 'text/html' } });
      expect((await app.api.get('/v1/llm-providers?name=unseen')).body).toEqual([]);
    });
  });

  describe('HEAD', () => {
    it('returns the headers of GET without a body', async () => {
      const [get, head] = [await app.api.get(provider), await app.api.request('HEAD', provider)];
      expect(head.status).toBe(200);
      expect(head.text).toBe('');
      for (const name of ['etag', 'content-type', 'cache-control']) {
        expect(head.headers.get(name)).toBe(get.headers.get(name));
      }
    });
  });

  describe('DELETE', () => {
    it('accepts a content type without a body', async () => {
      const { id } = await createProvider(app.api);
      const headers = { 'Content-Type': 'application/json' };
      expect((await app.api.delete(`/v1/llm-providers/${id}`, undefined, { headers })).status).toBe(204);
    });
  });

  describe('a response', () => {
    it('is JSON in UTF-8 with ids and times in one form', async () => {
      const { headers, body } = await app.api.get(provider);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    it('with status 204 has no body', async () => {
      const { id } = await createProvider(app.api);
      const response = await app.api.delete(`/v1/llm-providers/${id}`);
      expect(response).toMatchObject({ status: 204, text: '' });
    });
  });
});

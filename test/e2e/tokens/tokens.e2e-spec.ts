import { crc32 } from 'node:zlib';
import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import type { ApiResponse } from '../../support/clients/api-client';
import { findNextPage } from '../../support/clients/next-page';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UNKNOWN_ID = '01936b1e-0000-7000-8000-000000000000';

describe('tokens', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  describe('POST /v1/tokens', () => {
    it('returns 201 with the token, its secret and its location', async () => {
      const response = await app.api.post('/v1/tokens', { name: '  checkout ', scopes: ['providers:read'] });
      expect(response.status).toBe(201);
      expect(response.body).toEqual({
        id: expect.any(String),
        name: 'checkout',
        scopes: ['providers:read'],
        expires_at: null,
        allowed_selectors: null,
        tags: null,
        caret_headers: true,
        last_used_at: null,
        created_at: expect.stringMatching(TIME),
        token: expect.any(String),
      });
      expect(response.headers.get('location')).toBe(`/v1/tokens/${response.body.id}`);
      expect(response.headers.get('etag')).toMatch(/^"[^"]+"$/);
      expect(response.headers.get('cache-control')).toContain('no-store');
    });

    it('creates a token of a fixed prefix, the id, 256 bits and a CRC', async () => {
      const { id, token } = await issueToken(app, ['providers:read']);
      const [, tokenId, secret, crc] = /^caret_([0-9a-f]{32})_([\w-]{43})([0-9a-f]{8})$/.exec(token)!;
      expect(tokenId).toBe(id.replaceAll('-', ''));
      expect(Buffer.from(secret!, 'base64url')).toHaveLength(32);
      expect(parseInt(crc!, 16)).toBe(crc32(token.slice(0, -8)));
    });

    it('accepts an expiry with any offset and returns it in UTC', async () => {
      const body = { name: 'ends', scopes: ['usage:read'], expires_at: '2099-06-01T02:00:00+02:00' };
      const response = await app.api.post('/v1/tokens', body);
      expect(response.body.expires_at).toBe('2099-06-01T00:00:00.000Z');
    });

    it('accepts the name of another token', async () => {
      const [one, two] = [
        await issueToken(app, ['admin'], { name: 'twin' }),
        await issueToken(app, ['admin'], { name: 'twin' }),
      ];
      expect(one.id).not.toBe(two.id);
      expect(one.token).not.toBe(two.token);
    });

    const valid = { name: 'n', scopes: ['providers:read'] };
    it.each<[string, unknown, string]>([
      ['no name', { scopes: ['admin'] }, '/name'],
      ['an empty name', { ...valid, name: '' }, '/name'],
      ['a name of white space', { ...valid, name: ' \t ' }, '/name'],
      ['a name that is too long', { ...valid, name: 'n'.repeat(201) }, '/name'],
      ['a control character in the name', { ...valid, name: 'a\u0000b' }, '/name'],
      ['null for the name', { ...valid, name: null }, '/name'],
      ['a number for the name', { ...valid, name: 5 }, '/name'],
      ['no scopes', { name: 'n' }, '/scopes'],
      ['an empty list of scopes', { ...valid, scopes: [] }, '/scopes'],
      ['an unknown scope', { ...valid, scopes: ['providers:read', 'root'] }, '/scopes'],
      ['a scope twice', { ...valid, scopes: ['admin', 'admin'] }, '/scopes'],
      ['scopes in a string', { ...valid, scopes: 'admin' }, '/scopes'],
      ['null for scopes', { ...valid, scopes: null }, '/scopes'],
      ['a list in scopes', { ...valid, scopes: [['admin']] }, '/scopes'],
      ['an expiry in the past', { ...valid, expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
      ['an expiry without offset', { ...valid, expires_at: '2099-01-01T00:00:00' }, '/expires_at'],
      ['an expiry without a time', { ...valid, expires_at: '2099-01-01' }, '/expires_at'],
      [
        'an expiry on a day that does not exist',
        { ...valid, expires_at: '2099-02-30T00:00:00Z' },
        '/expires_at',
      ],
      [
        'an expiry with an invalid offset',
        { ...valid, expires_at: '2099-02-01T00:00:00+99:99' },
        '/expires_at',
      ],
      ['an expiry after the year 9999', { ...valid, expires_at: '9999-12-31T23:59:59-23:59' }, '/expires_at'],
      ['a number for the expiry', { ...valid, expires_at: 4102444800 }, '/expires_at'],
      ['a secret chosen by the client', { ...valid, token: 'x'.repeat(64) }, '/token'],
      ['an account', { ...valid, account_id: UNKNOWN_ID }, '/account_id'],
    ])('returns 422 with a pointer for %s', async (_case, body, pointer) => {
      const response = await app.api.post('/v1/tokens', body);
      expect(response.status).toBe(422);
      expect(response.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    });

    it('accepts null as the expiry, which means never', async () => {
      const response = await app.api.post('/v1/tokens', { ...valid, expires_at: null });
      expect(response).toMatchObject({ status: 201, body: { expires_at: null } });
    });
  });

  describe('GET /v1/tokens', () => {
    it('returns the tokens oldest first, without their secrets', async () => {
      const created = [await issueToken(app, ['admin']), await issueToken(app, ['admin'])];
      const { body, text } = await app.api.get('/v1/tokens');
      const ids = body.map(({ id }: { id: string }) => id);
      expect(ids.slice(-2)).toEqual(created.map(({ id }) => id));
      expect(ids).toEqual([...ids].sort());
      for (const { token } of created) expect(text).not.toContain(token.slice(-51));
      expect(body.every((token: object) => !('token' in token))).toBe(true);
    });

    it('returns each token once over all pages', async () => {
      for (let count = 0; count < 3; count++) await issueToken(app, ['admin']);
      const all = (await app.api.get('/v1/tokens')).body;
      const collected: unknown[] = [];
      for (let path: string | null = '/v1/tokens?limit=2'; path !== null;) {
        const page: ApiResponse = await app.api.get(path);
        expect(page.body.length).toBeLessThanOrEqual(2);
        collected.push(...page.body);
        path = findNextPage(page);
      }
      expect(collected).toEqual(all);
    });

    it.each(['cursor=nonsense', 'cursor=', 'limit=0', 'limit=201', 'limit=x', 'limit=', 'name=x'])(
      'returns 400 for ?%s',
      async (query) => {
        expect((await app.api.get(`/v1/tokens?${query}`)).status).toBe(400);
      },
    );
  });

  describe('GET /v1/tokens/{token_id}', () => {
    it('returns the token without its secret', async () => {
      const { id } = await issueToken(app, ['gateway:use'], { name: 'shown' });
      const response = await app.api.get(`/v1/tokens/${id}`);
      expect(response).toMatchObject({ status: 200, body: { id, name: 'shown', scopes: ['gateway:use'] } });
      expect(response.body).not.toHaveProperty('token');
    });

    it('returns the same ETag as the creation', async () => {
      const created = await app.api.post('/v1/tokens', { name: 'tagged', scopes: ['admin'] });
      const read = await app.api.get(`/v1/tokens/${created.body.id}`);
      expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
    });

    it.each([UNKNOWN_ID, 'x', '%00', 'null', UNKNOWN_ID.toUpperCase()])('returns 404 for %s', async (id) => {
      const response = await app.api.get(`/v1/tokens/${id}`);
      expect(response).toMatchObject({ status: 404, body: { code: 'tokens.not_found' } });
    });
  });

  describe('DELETE /v1/tokens/{token_id}', () => {
    it('revokes a token in use immediately', async () => {
      const { id, api } = await issueToken(app, ['providers:read']);
      expect((await api.get('/v1/account')).status).toBe(200);
      expect((await app.api.delete(`/v1/tokens/${id}`)).status).toBe(204);
      expect((await api.get('/v1/account')).status).toBe(401);
      expect((await app.api.get(`/v1/tokens/${id}`)).status).toBe(404);
      expect((await app.api.delete(`/v1/tokens/${id}`)).status).toBe(404);
    });

    it('returns 412 when If-Match is stale, and 204 when it is current', async () => {
      const { id } = await issueToken(app, ['providers:read']);
      const stale = { headers: { 'If-Match': '"stale"' } };
      expect((await app.api.delete(`/v1/tokens/${id}`, undefined, stale)).status).toBe(412);
      const current = {
        headers: { 'If-Match': (await app.api.get(`/v1/tokens/${id}`)).headers.get('etag')! },
      };
      expect((await app.api.delete(`/v1/tokens/${id}`, undefined, current)).status).toBe(204);
    });

    it('revokes the token of the request itself', async () => {
      const { id, api } = await issueToken(app, ['tokens:write']);
      expect((await api.delete(`/v1/tokens/${id}`)).status).toBe(204);
      expect((await api.get('/v1/account')).status).toBe(401);
    });
  });
});

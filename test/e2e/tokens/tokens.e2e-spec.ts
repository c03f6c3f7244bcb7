import { crc32 } from 'node:zlib';
import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UNKNOWN_ID = '01936b1e-0000-7000-8000-000000000000';

describe('tokens', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  describe('POST /v1/tokens', () => {
    it('answers 201 with the token, its secret and where it is', async () => {
      const answer = await app.api.post('/v1/tokens', { name: '  checkout ', scopes: ['providers:read'] });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        id: expect.any(String),
        name: 'checkout',
        scopes: ['providers:read'],
        expires_at: null,
        last_used_at: null,
        created_at: expect.stringMatching(TIME),
        token: expect.any(String),
      });
      expect(answer.headers.get('location')).toBe(`/v1/tokens/${answer.body.id}`);
      expect(answer.headers.get('etag')).toMatch(/^"[^"]+"$/);
      expect(answer.headers.get('cache-control')).toContain('no-store');
    });

    it('makes a token of a fixed prefix, the id, 256 bits and a CRC', async () => {
      const { id, token } = await issueToken(app, ['providers:read']);
      const [, tokenId, secret, crc] = /^caret_([0-9a-f]{32})_([\w-]{43})([0-9a-f]{8})$/.exec(token)!;
      expect(tokenId).toBe(id.replaceAll('-', ''));
      expect(Buffer.from(secret!, 'base64url')).toHaveLength(32);
      expect(parseInt(crc!, 16)).toBe(crc32(token.slice(0, -8)));
    });

    it('takes an expiry in any offset and shows it in UTC', async () => {
      const body = { name: 'ends', scopes: ['usage:read'], expires_at: '2099-06-01T02:00:00+02:00' };
      const answer = await app.api.post('/v1/tokens', body);
      expect(answer.body.expires_at).toBe('2099-06-01T00:00:00.000Z');
    });

    it('lets two tokens have one name', async () => {
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
      ['an expiry that is a day only', { ...valid, expires_at: '2099-01-01' }, '/expires_at'],
      ['a day that no month has', { ...valid, expires_at: '2099-02-30T00:00:00Z' }, '/expires_at'],
      ['an offset that no zone has', { ...valid, expires_at: '2099-02-01T00:00:00+99:99' }, '/expires_at'],
      [
        'an expiry beyond the year 9999',
        { ...valid, expires_at: '9999-12-31T23:59:59-23:59' },
        '/expires_at',
      ],
      ['a number for the expiry', { ...valid, expires_at: 4102444800 }, '/expires_at'],
      ['a secret of its own choice', { ...valid, token: 'x'.repeat(64) }, '/token'],
      ['an account', { ...valid, account_id: UNKNOWN_ID }, '/account_id'],
    ])('refuses %s with 422 and a pointer', async (_case, body, pointer) => {
      const answer = await app.api.post('/v1/tokens', body);
      expect(answer.status).toBe(422);
      expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    });

    it('takes null for the expiry, which means never', async () => {
      const answer = await app.api.post('/v1/tokens', { ...valid, expires_at: null });
      expect(answer).toMatchObject({ status: 201, body: { expires_at: null } });
    });
  });

  describe('GET /v1/tokens', () => {
    it('lists the tokens oldest first, without their secrets', async () => {
      const made = [await issueToken(app, ['admin']), await issueToken(app, ['admin'])];
      const { body, text } = await app.api.get('/v1/tokens');
      const ids = body.map(({ id }: { id: string }) => id);
      expect(ids.slice(-2)).toEqual(made.map(({ id }) => id));
      expect(ids).toEqual([...ids].sort());
      for (const { token } of made) expect(text).not.toContain(token.slice(-51));
      expect(body.every((token: object) => !('token' in token))).toBe(true);
    });

    it('comes in pages that together are the list', async () => {
      for (let made = 0; made < 3; made++) await issueToken(app, ['admin']);
      const whole = (await app.api.get('/v1/tokens')).body;
      const collected: unknown[] = [];
      for (let path: string | undefined = '/v1/tokens?limit=2'; path;) {
        const page = await app.api.get(path);
        expect(page.body.length).toBeLessThanOrEqual(2);
        collected.push(...page.body);
        path = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
      }
      expect(collected).toEqual(whole);
    });

    it.each(['cursor=nonsense', 'cursor=', 'limit=0', 'limit=201', 'limit=x', 'limit=', 'name=x'])(
      'answers 400 to ?%s',
      async (query) => {
        expect((await app.api.get(`/v1/tokens?${query}`)).status).toBe(400);
      },
    );
  });

  describe('GET /v1/tokens/{token_id}', () => {
    it('shows one, without its secret', async () => {
      const { id } = await issueToken(app, ['gateway:use'], { name: 'shown' });
      const answer = await app.api.get(`/v1/tokens/${id}`);
      expect(answer).toMatchObject({ status: 200, body: { id, name: 'shown', scopes: ['gateway:use'] } });
      expect(answer.body).not.toHaveProperty('token');
    });

    it('has the ETag that its creation had', async () => {
      const made = await app.api.post('/v1/tokens', { name: 'tagged', scopes: ['admin'] });
      const read = await app.api.get(`/v1/tokens/${made.body.id}`);
      expect(read.headers.get('etag')).toBe(made.headers.get('etag'));
    });

    it.each([UNKNOWN_ID, 'x', '%00', 'null', UNKNOWN_ID.toUpperCase()])('answers 404 to %s', async (id) => {
      const answer = await app.api.get(`/v1/tokens/${id}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'tokens.not_found' } });
    });
  });

  describe('DELETE /v1/tokens/{token_id}', () => {
    it('revokes at once, a token in use too', async () => {
      const { id, api } = await issueToken(app, ['providers:read']);
      expect((await api.get('/v1/account')).status).toBe(200);
      expect((await app.api.delete(`/v1/tokens/${id}`)).status).toBe(204);
      expect((await api.get('/v1/account')).status).toBe(401);
      expect((await app.api.get(`/v1/tokens/${id}`)).status).toBe(404);
      expect((await app.api.delete(`/v1/tokens/${id}`)).status).toBe(404);
    });

    it('keeps a token that is not as the caller saw it', async () => {
      const { id } = await issueToken(app, ['providers:read']);
      const stale = { headers: { 'If-Match': '"stale"' } };
      expect((await app.api.delete(`/v1/tokens/${id}`, undefined, stale)).status).toBe(412);
      const current = {
        headers: { 'If-Match': (await app.api.get(`/v1/tokens/${id}`)).headers.get('etag')! },
      };
      expect((await app.api.delete(`/v1/tokens/${id}`, undefined, current)).status).toBe(204);
    });

    it('lets a token revoke itself', async () => {
      const { id, api } = await issueToken(app, ['tokens:write']);
      expect((await api.delete(`/v1/tokens/${id}`)).status).toBe(204);
      expect((await api.get('/v1/account')).status).toBe(401);
    });
  });
});

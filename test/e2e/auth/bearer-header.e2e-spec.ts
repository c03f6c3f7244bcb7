import { startTestApp, type TestApp } from '../../support/app/app';
import { newAddress } from '../../support/app/document-app';
import { expireToken, issueToken } from '../../support/clients/accounts';
import { forgeToken, withBadChecksum } from '../../support/clients/forged-token';
import { toComparableResponse } from '../../support/comparable-response';
import { countStatements, WITHOUT_POLLS } from '../../support/database/statement-count';

const PLAIN_CHALLENGE = 'Bearer realm="caret"';
const INVALID_TOKEN = 'Bearer realm="caret", error="invalid_token"';

describe('the Authorization header', () => {
  let app: TestApp;

  beforeAll(async () => {
    // Each request has its own client address, so that the limit of failed authentications does not apply.
    app = await startTestApp({ env: { ...WITHOUT_POLLS, TRUST_PROXY: '127.0.0.1' } });
  });
  afterAll(() => app.stop());

  function send(values: readonly string[], more: { path?: string; method?: string; body?: string } = {}) {
    const address = ['X-Forwarded-For', newAddress()] as const;
    const type = more.body === undefined ? [] : [['Content-Type', 'application/json'] as const];
    const headers = [address, ...type, ...values.map((value) => ['Authorization', value] as const)];
    return app.api.rawRequest({ method: 'GET', path: '/v1/account', ...more, headers });
  }

  it.each(['Bearer', 'bearer', 'BEARER'])('accepts the scheme %s', async (scheme) => {
    expect((await send([`${scheme} ${app.adminToken}`])).status).toBe(200);
  });

  it('returns 401 with a plain challenge when there is no bearer token', async () => {
    for (const values of [[], ['Basic dXNlcjpwYXNz'], ['Digest username="x"'], ['']]) {
      const response = await send(values);
      expect(response).toMatchObject({ status: 401, body: { code: 'auth.token_missing' } });
      expect(response.headers.get('www-authenticate')).toBe(PLAIN_CHALLENGE);
    }
  });

  it.each<[string, (token: string) => string]>([
    ['no token after the scheme', () => 'Bearer'],
    ['white space instead of a token', () => 'Bearer    '],
    ['two tokens', (token) => `Bearer ${token} ${token}`],
    ['a token in quotes', (token) => `Bearer "${token}"`],
    ['a truncated token', (token) => `Bearer ${token.slice(0, -1)}`],
    ['a token with an additional character', (token) => `Bearer ${token}0`],
    ['a token in upper case', (token) => `Bearer ${token.toUpperCase()}`],
    ['a tab in the token', (token) => `Bearer ${token.slice(0, 9)}\t${token.slice(9)}`],
    ['Latin-1 in the token', (token) => `Bearer ${token.slice(0, -1)}é`],
    ['UTF-8 in the token', (token) => `Bearer ${Buffer.from(`${token}😀`).toString('latin1')}`],
    ['full-width letters', () => `Bearer ${Buffer.from('ｃａｒｅｔ＿').toString('latin1')}`],
    ['the literal null', () => 'Bearer null'],
    ['a number', () => 'Bearer 0'],
    ['a SQL fragment', () => "Bearer '/**/OR/**/1=1--"],
    ['another known prefix', () => 'Bearer constructor'],
  ])('returns 401 for %s', async (_case, toValue) => {
    const { token } = await issueToken(app, ['providers:read']);
    const response = await send([toValue(token)]);
    expect(response).toMatchObject({ status: 401, body: { code: 'auth.invalid_token' } });
    expect(response.headers.get('www-authenticate')).toBe(INVALID_TOKEN);
  });

  it('returns the same 401 for malformed, unknown, expired, revoked and wrong tokens', async () => {
    const expired = await issueToken(app, ['admin'], { expires_at: '2090-01-01T00:00:00.000Z' });
    await expireToken(app, expired.id);
    const revoked = await issueToken(app, ['admin']);
    await app.api.delete(`/v1/tokens/${revoked.id}`);
    const valid = await issueToken(app, ['admin']);
    const tokens = [
      'malformed',
      withBadChecksum(valid.token),
      forgeToken('01936b1e-0000-7000-8000-000000000000'),
      forgeToken(valid.id),
      expired.token,
      revoked.token,
      'x'.repeat(513),
    ];
    const responses: unknown[] = [];
    for (const token of tokens) responses.push(toComparableResponse(await send([`Bearer ${token}`])));
    expect(new Set(responses.map((response) => JSON.stringify(response))).size).toBe(1);
    expect(responses[0]).toMatchObject({ status: 401, body: { code: 'auth.invalid_token' } });
  });

  it('returns 400 when there are two headers, whatever their values', async () => {
    const own = `Bearer ${app.adminToken}`;
    for (const values of [
      [own, own],
      [own, 'Bearer other'],
      ['Basic eA==', own],
      ['', own],
    ]) {
      expect(await send(values)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    }
  });

  it.each(['\r\n', '\n', '\r', '\0', '\r\nX-Injected: yes'])(
    'rejects a token that contains %j',
    async (piece) => {
      const response = await send([
        `Bearer ${app.adminToken.slice(0, 20)}${piece}${app.adminToken.slice(20)}`,
      ]);
      expect([400, 401]).toContain(response.status);
      expect(response.headers.get('x-injected')).toBeNull();
    },
  );

  describe('is the only source of a token', () => {
    it.each(['access_token=x', 'access_token=', 'access_token', 'access_token=x&access_token=y'])(
      'so ?%s returns 400, with or without a valid header',
      async (query) => {
        for (const values of [[], [`Bearer ${app.adminToken}`]]) {
          const response = await send(values, { path: `/v1/account?${query}` });
          expect(response).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
        }
      },
    );

    it('so a valid token in the query or the body is rejected and not logged', async () => {
      const inQuery = await send([], { path: `/v1/account?access_token=${app.adminToken}` });
      const body = JSON.stringify({ access_token: app.adminToken, name: 'n', scopes: ['admin'] });
      const inBody = await send([], { method: 'POST', path: '/v1/tokens', body });
      const inBoth = await send([`Bearer ${app.adminToken}`], { method: 'POST', path: '/v1/tokens', body });
      for (const response of [inQuery, inBoth])
        expect(response).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      // Without a header, the response does not wait for the body.
      expect(inBody).toMatchObject({ status: 401, body: { code: 'auth.token_missing' } });
      for (const { text } of [inQuery, inBody, inBoth]) expect(text).not.toContain(app.adminToken);
      expect(app.logs()).not.toContain(app.adminToken);
    });
  });

  describe('causes no database query', () => {
    it.each<[string, (token: string) => string]>([
      ['with a bad checksum', (token) => withBadChecksum(token)],
      ['with more than 512 bytes', (token) => token + 'x'.repeat(513 - token.length)],
      ['with text that is not a token', () => 'x'.repeat(512)],
    ])('%s', async (_case, toToken) => {
      const { token } = await issueToken(app, ['admin']);
      const count = await countStatements(app, async () => {
        expect((await send([`Bearer ${toToken(token)}`])).status).toBe(401);
      });
      expect(count).toBe(0);
    });

    it('unless the token is well-formed', async () => {
      const unknown = forgeToken('01936b1e-0000-7000-8000-000000000001');
      expect(await countStatements(app, () => send([`Bearer ${unknown}`]))).toBeGreaterThan(0);
    });
  });

  it('is ignored by public routes', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json']) {
      expect((await send(['Bearer nonsense'], { path })).status).toBe(200);
    }
  });
});

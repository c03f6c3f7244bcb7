import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import { forgeToken, withBadChecksum } from '../../support/clients/forged-token';
import { essenceOf } from '../../support/comparable-response';
import { countStatements } from '../../support/database/statement-count';

const PLAIN_CHALLENGE = 'Bearer realm="caret"';
const INVALID_TOKEN = 'Bearer realm="caret", error="invalid_token"';

describe('the Authorization header', () => {
  let app: TestApp;
  let caller = 0;

  beforeAll(async () => {
    // As if each request came from another address, so that failures are not limited here.
    app = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1' } });
  });
  afterAll(() => app.stop());

  function send(values: readonly string[], more: { path?: string; method?: string; body?: string } = {}) {
    caller += 1;
    const address = ['X-Forwarded-For', `203.0.113.${caller}`] as const;
    const type = more.body === undefined ? [] : [['Content-Type', 'application/json'] as const];
    const headers = [address, ...type, ...values.map((value) => ['Authorization', value] as const)];
    return app.api.rawRequest({ method: 'GET', path: '/v1/account', ...more, headers });
  }

  it.each(['Bearer', 'bearer', 'BEARER'])('takes the scheme written as %s', async (scheme) => {
    expect((await send([`${scheme} ${app.adminToken}`])).status).toBe(200);
  });

  it('asks for a token, without any error code, where none came', async () => {
    for (const values of [[], ['Basic dXNlcjpwYXNz'], ['Digest username="x"'], ['']]) {
      const answer = await send(values);
      expect(answer).toMatchObject({ status: 401, body: { code: 'auth.token_missing' } });
      expect(answer.headers.get('www-authenticate')).toBe(PLAIN_CHALLENGE);
    }
  });

  it.each<[string, (token: string) => string]>([
    ['no token after the scheme', () => 'Bearer'],
    ['white space for a token', () => 'Bearer    '],
    ['two words for a token', (token) => `Bearer ${token} ${token}`],
    ['a token in quotes', (token) => `Bearer "${token}"`],
    ['a token cut short', (token) => `Bearer ${token.slice(0, -1)}`],
    ['a token with more behind it', (token) => `Bearer ${token}0`],
    ['a token in upper case', (token) => `Bearer ${token.toUpperCase()}`],
    ['a tab in the token', (token) => `Bearer ${token.slice(0, 9)}\t${token.slice(9)}`],
    ['Latin-1 in the token', (token) => `Bearer ${token.slice(0, -1)}é`],
    ['UTF-8 in the token', (token) => `Bearer ${Buffer.from(`${token}😀`).toString('latin1')}`],
    ['full-width letters', () => `Bearer ${Buffer.from('ｃａｒｅｔ＿').toString('latin1')}`],
    ['the literal null', () => 'Bearer null'],
    ['a number', () => 'Bearer 0'],
    ['a SQL fragment', () => "Bearer '/**/OR/**/1=1--"],
    ['another known prefix', () => 'Bearer constructor'],
  ])('answers 401 to %s', async (_case, valueOf) => {
    const { token } = await issueToken(app, ['providers:read']);
    const answer = await send([valueOf(token)]);
    expect(answer).toMatchObject({ status: 401, body: { code: 'auth.invalid_token' } });
    expect(answer.headers.get('www-authenticate')).toBe(INVALID_TOKEN);
  });

  it('does not tell malformed, unknown, expired, revoked and wrong tokens apart', async () => {
    const expired = await issueToken(app, ['admin'], { expires_at: '2090-01-01T00:00:00.000Z' });
    const past = '2020-01-01T00:00:00.000Z';
    await app.database.query('UPDATE api_tokens SET expires_at = ? WHERE id = ?', [past, expired.id]);
    const revoked = await issueToken(app, ['admin']);
    await app.api.delete(`/v1/tokens/${revoked.id}`);
    const known = await issueToken(app, ['admin']);
    const tokens = [
      'malformed',
      withBadChecksum(known.token),
      forgeToken('01936b1e-0000-7000-8000-000000000000'),
      forgeToken(known.id),
      expired.token,
      revoked.token,
      'x'.repeat(513),
    ];
    const answers: unknown[] = [];
    for (const token of tokens) answers.push(essenceOf(await send([`Bearer ${token}`])));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'auth.invalid_token' } });
  });

  it('answers 400 where it comes twice, whatever is in it', async () => {
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

  it.each(['\r\n', '\n', '\r', '\0', '\r\nX-Injected: yes'])('never lets %j into a token', async (piece) => {
    const answer = await send([`Bearer ${app.adminToken.slice(0, 20)}${piece}${app.adminToken.slice(20)}`]);
    expect([400, 401]).toContain(answer.status);
    expect(answer.headers.get('x-injected')).toBeNull();
  });

  describe('is the only carrier', () => {
    it.each(['access_token=x', 'access_token=', 'access_token', 'access_token=x&access_token=y'])(
      'so ?%s is 400, with a valid header too',
      async (query) => {
        for (const values of [[], [`Bearer ${app.adminToken}`]]) {
          const answer = await send(values, { path: `/v1/account?${query}` });
          expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
        }
      },
    );

    it('so a real token in the query or in the body opens nothing', async () => {
      const inQuery = await send([], { path: `/v1/account?access_token=${app.adminToken}` });
      const body = JSON.stringify({ access_token: app.adminToken, name: 'n', scopes: ['admin'] });
      const inBody = await send([], { method: 'POST', path: '/v1/tokens', body });
      const inBoth = await send([`Bearer ${app.adminToken}`], { method: 'POST', path: '/v1/tokens', body });
      for (const answer of [inQuery, inBody, inBoth]) {
        expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
        expect(answer.text).not.toContain(app.adminToken);
      }
      expect(app.logs()).not.toContain(app.adminToken);
    });
  });

  describe('costs no query', () => {
    it.each<[string, (token: string) => string]>([
      ['with a bad checksum', (token) => withBadChecksum(token)],
      ['beyond 512 bytes', (token) => token + 'x'.repeat(513 - token.length)],
      ['without the form of a token', () => 'x'.repeat(512)],
    ])('%s', async (_case, tokenOf) => {
      const { token } = await issueToken(app, ['admin']);
      const count = await countStatements(app, async () => {
        expect((await send([`Bearer ${tokenOf(token)}`])).status).toBe(401);
      });
      expect(count).toBe(0);
    });

    it('unlike one that could be right', async () => {
      const unknown = forgeToken('01936b1e-0000-7000-8000-000000000000');
      expect(await countStatements(app, () => send([`Bearer ${unknown}`]))).toBeGreaterThan(0);
    });
  });

  it('does not matter where no token is needed', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json']) {
      expect((await send(['Bearer nonsense'], { path })).status).toBe(200);
    }
  });
});

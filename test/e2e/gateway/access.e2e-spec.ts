import { travel, useTimeTravel } from '../../support/app/time-travel';
import { createAccount, issueToken } from '../../support/clients/accounts';
import { engine } from '../../support/database/database';
import { createMariadbTestDatabase } from '../../support/database/database-mariadb';
import { MariadbServer } from '../../support/database/mariadb-server';
import { eventually } from '../../support/eventually';
import { type GatewayApp, startGateway, type Target } from '../../support/gateway/gateway-app';
import { useGateway, useUpstream } from '../../support/gateway/use-gateway';
import { requestOf, responseOf } from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';

const PATH = 'chat/completions';
const INVALID = { status: 401, body: { error: { code: 'invalid_api_key' } } };

describe('the access to the gateway', () => {
  const app = useGateway();
  const upstream = useUpstream();
  let target: Target;

  beforeAll(async () => {
    target = await app.createTarget(`${upstream.url}/v1`, { name: 'main', models: ['gpt', 'mini'] });
  });

  function call(credentials: Record<string, string>, model = target.selector, path = `/v1/${PATH}`) {
    upstream.script(replyJson(responseOf(PATH)));
    return app.clientWith(credentials).post(path, requestOf(PATH, model));
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it.each<[string, (token: string) => Record<string, string>]>([
    ['a bearer token', bearer],
    ['x-api-key', (token) => ({ 'x-api-key': token })],
    ['the same token in both', (token) => ({ ...bearer(token), 'x-api-key': token })],
    [
      'a bearer token beside the key of another service',
      (token) => ({ ...bearer(token), 'x-api-key': 'sk-1' }),
    ],
    ['a key beside the token of another service', (token) => ({ ...bearer('sk-1'), 'x-api-key': token })],
  ])('is granted by %s, and the upstream gets its own key only', async (_case, credentials) => {
    expect((await call(credentials(app.token))).status).toBe(200);
    const { headers } = upstream.requests.at(-1)!;
    expect(headers.authorization).toBe(`Bearer ${target.apiKey}`);
    expect(headers).not.toHaveProperty('x-api-key');
    expect(JSON.stringify(headers)).not.toContain(app.token);
  });

  it('is rejected with two different tokens of Caret', async () => {
    const { token } = await issueToken(app, ['gateway:use']);
    expect(await call({ ...bearer(app.token), 'x-api-key': token })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_header' } },
    });
  });

  it('is rejected without a token, with the key of a provider and with a token in the query', async () => {
    expect(await call({})).toMatchObject(INVALID);
    expect(await call(bearer(target.apiKey))).toMatchObject(INVALID);
    expect(await call({ 'x-api-key': target.apiKey })).toMatchObject(INVALID);
    expect(await call({}, target.selector, `/v1/${PATH}?access_token=${app.token}`)).toMatchObject(INVALID);
    expect(upstream.requests).toEqual([]);
  });

  it('does not let x-api-key authenticate on other routes', async () => {
    const response = await app.clientWith({ 'x-api-key': app.adminToken }).get('/v1/account');
    expect(response).toMatchObject({ status: 401, body: { code: 'auth.token_missing' } });
  });

  it('needs the scope gateway:use', async () => {
    const { token } = await issueToken(app, ['providers:read']);
    expect(await call(bearer(token))).toMatchObject({
      status: 403,
      body: { error: { code: 'insufficient_permissions' } },
    });
    expect((await call(bearer(app.adminToken))).status).toBe(200);
  });

  it('ends immediately when the token is revoked', async () => {
    const { id, token } = await issueToken(app, ['gateway:use']);
    expect((await call(bearer(token))).status).toBe(200);
    await app.api.delete(`/v1/tokens/${id}`);
    expect(await call({ 'x-api-key': token })).toMatchObject(INVALID);
  });

  it('is limited to the allowed selectors of the token', async () => {
    const { token } = await issueToken(app, ['gateway:use'], { allowed_selectors: ['main^mini'] });
    expect((await call(bearer(token), 'mini')).status).toBe(200);
    for (const model of ['main^gpt', 'gpt'])
      expect(await call(bearer(token), model)).toMatchObject({
        status: 403,
        body: { error: { code: 'insufficient_permissions' } },
      });
    expect(upstream.requests).toEqual([]);
  });

  it.each(['fallbacks', 'models', 'fallback_models'])(
    'does not let a limited token name further models to the upstream in %s',
    async (name) => {
      const { token } = await issueToken(app, ['gateway:use'], { allowed_selectors: ['main^mini'] });
      const send = (credentials: string, value: unknown) => {
        upstream.script(replyJson(responseOf(PATH)));
        const request = { ...requestOf(PATH, 'main^mini'), [name]: value };
        return app.clientWith(bearer(credentials)).post(`/v1/${PATH}`, request);
      };
      expect(await send(token, ['gpt'])).toMatchObject({
        status: 403,
        body: { error: { code: 'insufficient_permissions', param: name } },
      });
      expect(upstream.requests).toEqual([]);
      expect((await send(token, null)).status).toBe(200);
      expect((await send(app.token, ['gpt'])).status).toBe(200);
    },
  );

  it('is limited to the account of the token', async () => {
    const api = await createAccount(app);
    const { body } = await api.post('/v1/tokens', { name: 'foreign', scopes: ['gateway:use'] });
    expect((await call(bearer(body.token))).status).toBe(404);
  });

  it('is counted as denied by whichever header was sent', async () => {
    const count = async () => {
      const { text } = await app.clientFor().get('/metrics');
      return Number(/caret_denied_requests_total\{action="auth.refused"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const before = await count();
    await call({ 'x-api-key': 'sk-1' });
    await call(bearer('sk-1'));
    await call({});
    await eventually('two requests are counted', async () => (await count()) === before + 2);
  });
});

const onServer = engine === 'mariadb' ? describe : describe.skip;

onServer('the access to the gateway while the database is down', () => {
  let server: MariadbServer;
  let app: GatewayApp;
  const upstream = useUpstream();

  beforeAll(async () => {
    server = await MariadbServer.start();
    app = await startGateway({ database: await createMariadbTestDatabase(server.rootUrl) });
  });
  afterAll(async () => {
    await app.app.close();
    await server.stop();
  });
  useTimeTravel();

  it('lasts 15 minutes for a known token, and is unavailable to any other', async () => {
    const target = await app.createTarget(`${upstream.url}/v1`);
    const { token: unknown } = await issueToken(app, ['gateway:use']);
    const revoked = await issueToken(app, ['gateway:use']);
    const call = async (token: string) => {
      upstream.script(replyJson(responseOf(PATH)));
      const client = app.clientWith({ 'x-api-key': token });
      return (await client.post(`/v1/${PATH}`, requestOf(PATH, target.selector))).status;
    };
    expect([await call(app.token), await call(revoked.token)]).toEqual([200, 200]);
    await app.api.delete(`/v1/tokens/${revoked.id}`);
    await server.kill();
    try {
      expect(await call(app.token)).toBe(200);
      travel(880);
      expect(await call(app.token)).toBe(200);
      expect(await call(app.token)).toBe(200);
      expect((await app.clientFor(app.token).get('/v1/account')).status).toBe(503);
      expect(await call(unknown)).toBe(503);
      expect(await call(revoked.token)).toBe(401);
      travel(30);
      expect(await call(app.token)).toBe(503);
    } finally {
      await server.restart();
    }
    jest.restoreAllMocks();
    await eventually('the token is known again', async () => (await call(app.token)) === 200);
  });
});

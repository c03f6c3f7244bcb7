import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider, issueToken, newApiKey } from '../../support/clients/accounts';
import { forgeToken } from '../../support/clients/forged-token';
import { createProviderAt } from '../../support/upstreams/discovery-factories';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

type Line = Record<string, unknown>;
type Options = { headers: Record<string, string> };

const linesOf = (app: TestApp) =>
  app
    .logs()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

let traces = 0;

/** Sends one request and returns its log lines. */
async function traced(app: TestApp, request: (options: Options) => Promise<unknown>): Promise<Line[]> {
  const id = `trace-${(traces += 1)}`;
  await request({ headers: { 'X-Request-Id': id } });
  return linesOf(app).filter((line) => line.trace_id === id);
}

describe('the log', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it('has one JSON object per line, each with a time and a level', async () => {
    await app.api.get('/v1/account');
    const lines = linesOf(app);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatchObject({ level: expect.any(Number), time: expect.stringMatching(/^\d{4}-.*Z$/) });
    }
  });

  it('has one line per request with the caller, the route, the status and the duration', async () => {
    const account = (await app.api.get('/v1/account')).body;
    const { id } = await createProvider(app.api);
    const found = await traced(app, (options) => app.api.get(`/v1/llm-providers/${id}`, options));
    expect(found).toEqual([
      {
        level: 30,
        time: expect.any(String),
        method: 'GET',
        route: '/v1/llm-providers/:provider_id',
        status: 200,
        ms: expect.any(Number),
        trace_id: expect.any(String),
        account_id: account.id,
        token_id: account.token.id,
        address: '127.0.0.1',
      },
    ]);
  });

  it('has one line for a HEAD request', async () => {
    const found = await traced(app, (options) =>
      fetch(new URL('/openapi.json', app.url), { ...options, method: 'HEAD' }),
    );
    expect(found).toMatchObject([{ method: 'HEAD', route: '/openapi.json', status: 200 }]);
  });

  it('has one line for each rejected request', async () => {
    const stranger = app.clientFor(forgeToken('01936b1e-0000-7000-8000-000000000000'));
    const statuses: unknown[] = [];
    for (const request of [
      (options: object) => stranger.get('/v1/account', options),
      (options: object) => app.api.get('/v1/nothing', options),
      (options: object) => app.api.delete('/v1/account', undefined, options),
      (options: object) => app.api.post('/v1/tokens', '{', options),
      (options: object) => app.api.post('/v1/tokens', ' '.repeat(300_000), options),
      (options: object) => app.api.post('/v1/tokens', {}, options),
    ]) {
      const found = await traced(app, request);
      expect(found).toHaveLength(1);
      statuses.push(found[0]!.status);
    }
    expect(statuses).toEqual([401, 404, 405, 400, 413, 422]);
  });

  it('contains no path, query or header as sent', async () => {
    await app.api.get('/v1/secret-in-path');
    await app.api.get('/v1/llm-providers?name=secret-in-query');
    await app.api.get('/v1/llm-providers/secret-in-id');
    await app.api.get('/v1/account?access_token=secret-token');
    await app.api.get('/v1/account', {
      headers: { Referer: 'secret-header', 'User-Agent': 'secret-agent' },
    });
    expect(app.logs()).not.toContain('secret-');
  });

  it('contains no token, API key or body', async () => {
    const apiKey = newApiKey();
    const minted = await issueToken(app, ['admin'], { name: 'name-not-logged' });
    const forged = forgeToken(minted.id);
    await minted.api.get('/v1/account');
    await app.clientFor(forged).get('/v1/account');
    const { id } = await createProvider(app.api, { api_key: apiKey });
    await app.api.patch(`/v1/llm-providers/${id}`, { api_key: `${apiKey} with a fault` });
    await app.api.post('/v1/llm-providers', `{"api_key":"${apiKey}",,}`);
    await app.api.patch(`/v1/llm-providers/${id}`, { base_url: `http://user:${apiKey}@127.0.0.1:9000` });
    for (const secret of [apiKey, minted.token, forged, app.adminToken, 'name-not-logged']) {
      expect(app.logs()).not.toContain(secret.slice(9, 40));
    }
  });

  it('has no line that a client could inject', async () => {
    const before = linesOf(app).length;
    await app.api.get('/v1/account', { headers: { 'X-Request-Id': 'x"}{"level":60' } });
    await app.api.get(`/v1/${encodeURIComponent('\n{"level":60}')}`);
    const added = linesOf(app).slice(before);
    expect(added.map(({ level }) => level)).toEqual([30, 30]);
  });

  it('has a warning for a /readyz that returns 503', async () => {
    await app.database.query('ALTER TABLE accounts RENAME TO accounts_away');
    const found = await traced(app, (options) => app.clientFor().get('/readyz', options));
    await app.database.query('ALTER TABLE accounts_away RENAME TO accounts');
    expect(found).toMatchObject([{ level: 40, route: '/readyz', status: 503 }]);
  });

  it('has the code of the failure of an unreachable upstream', async () => {
    const upstream = await ScriptedUpstream.start();
    await upstream.stop();
    const path = await createProviderAt(app.api, upstream.url);
    const found = await traced(app, (options) => app.api.get(`${path}/available-models`, options));
    expect(found).toMatchObject([
      { level: 40, msg: 'upstream_unreachable', error: { code: 'ECONNREFUSED' } },
      { level: 40, route: '/v1/llm-providers/:provider_id/available-models', status: 502 },
    ]);
  });

  it('has an unexpected error without its message, which may quote a secret', async () => {
    await app.database.query('ALTER TABLE audit_events RENAME TO audit_events_away');
    const apiKey = newApiKey();
    const caller = app.clientFor(app.adminToken);
    await expect(
      caller.post('/v1/llm-providers', { name: 'name-in-statement', provider: 'openai', api_key: apiKey }),
    ).rejects.toThrow('returned 500');
    await app.database.query('ALTER TABLE audit_events_away RENAME TO audit_events');
    const lines = linesOf(app).filter(({ level }) => level === 50);
    const error = expect.objectContaining({ name: 'QueryFailedError', at: expect.any(Array) }) as unknown;
    expect(lines).toMatchObject([{ msg: 'unexpected error', trace_id: expect.any(String), error }]);
    for (const hidden of ['name-in-statement', apiKey.slice(9), 'INSERT INTO'])
      expect(app.logs()).not.toContain(hidden);
  });
});

describe.each(['/healthz', '/readyz'])('the log line of GET %s', (route) => {
  it.each([
    ['is absent', 'info', []],
    ['is present', 'debug', [{ level: 20, route, status: 200 }]],
  ])('%s with LOG_LEVEL=%s', async (_presence, LOG_LEVEL, expected) => {
    const app = await startTestApp({ env: { LOG_LEVEL } });
    const found = await traced(app, (options) => app.clientFor().get(route, options));
    await app.stop();
    expect(found).toMatchObject(expected);
  });
});

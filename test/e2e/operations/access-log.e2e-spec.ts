import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider, issueToken, newApiKey } from '../../support/clients/accounts';
import { forgeToken } from '../../support/clients/forged-token';

type Line = Record<string, unknown>;

describe('the log', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const lines = () =>
    app
      .logs()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  const linesOf = (traceId: string) => lines().filter((line) => line.trace_id === traceId);

  let traces = 0;
  async function traced(request: (options: { headers: Record<string, string> }) => Promise<unknown>) {
    const id = `trace-${(traces += 1)}`;
    await request({ headers: { 'X-Request-Id': id } });
    return linesOf(id);
  }

  it('is one JSON object a line, each with a time and a level', async () => {
    await app.api.get('/v1/account');
    expect(lines().length).toBeGreaterThan(0);
    for (const line of lines()) {
      expect(line).toMatchObject({ level: expect.any(Number), time: expect.stringMatching(/^\d{4}-.*Z$/) });
    }
  });

  it('has one line a request: who, what, how it ended, how long it took', async () => {
    const account = (await app.api.get('/v1/account')).body;
    const { id } = await createProvider(app.api);
    const found = await traced((options) => app.api.get(`/v1/llm-providers/${id}`, options));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      method: 'GET',
      route: '/v1/llm-providers/:provider_id',
      status: 200,
      ms: expect.any(Number),
      account_id: account.id,
      token_id: account.token.id,
      address: '127.0.0.1',
    });
  });

  it('has one line for HEAD too', async () => {
    const found = await traced((options) =>
      fetch(new URL('/healthz', app.api.baseUrl), { ...options, method: 'HEAD' }),
    );
    expect(found).toMatchObject([{ method: 'HEAD', route: '/healthz', status: 200 }]);
  });

  it('has that line for a refusal too', async () => {
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
      const found = await traced(request);
      expect(found).toHaveLength(1);
      statuses.push(found[0]!.status);
    }
    expect(statuses).toEqual([401, 404, 405, 400, 413, 422]);
  });

  it('shows neither path nor query as sent, which may hold anything', async () => {
    await app.api.get('/v1/secret-in-path-4711');
    await app.api.get('/v1/llm-providers?name=secret-in-query-4711');
    await app.api.get('/v1/llm-providers/secret-in-id-4711');
    await app.api.get('/v1/account?access_token=secret-token-4711');
    await app.api.get('/v1/account', {
      headers: { Referer: 'secret-header-4711', 'User-Agent': 'secret-agent-4711' },
    });
    expect(app.logs()).not.toContain('4711');
  });

  it('shows no token, key or body', async () => {
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

  it('cannot be forged with what a client sends', async () => {
    const before = lines().length;
    await app.api.get('/v1/account', { headers: { 'X-Request-Id': 'x"}{"level":60' } });
    await app.api.get(`/v1/${encodeURIComponent('\n{"level":60}')}`);
    expect(
      lines()
        .slice(before)
        .every(({ level }) => level === 30),
    ).toBe(true);
  });

  it('tells of an unexpected error without its message, which may quote anything', async () => {
    await app.database.query('ALTER TABLE audit_events RENAME TO audit_events_away');
    const apiKey = newApiKey();
    const caller = app.clientFor(app.adminToken);
    await expect(
      caller.post('/v1/llm-providers', { name: 'name-in-statement', provider: 'openai', api_key: apiKey }),
    ).rejects.toThrow('answered 500');
    await app.database.query('ALTER TABLE audit_events_away RENAME TO audit_events');
    expect(lines().filter(({ level }) => level === 50)).not.toEqual([]);
    for (const hidden of ['name-in-statement', apiKey.slice(9), 'INSERT INTO'])
      expect(app.logs()).not.toContain(hidden);
  });
});

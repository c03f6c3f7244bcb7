import { type ProxiedApp, startProxiedApp } from '../support/app/proxied-app';
import { paced } from '../support/pace';
import { providerBody } from '../support/registry/factories';
import { report } from '../support/report';

const RESPONSE_DEADLINE_MS = 3000;

describe('a write when its statement never gets a response', () => {
  let proxied: ProxiedApp;

  beforeAll(async () => {
    proxied = await startProxiedApp();
  });
  afterAll(() => proxied.stop());

  it('returns 503 within three seconds and writes nothing', async () => {
    const { app, proxy, database } = proxied;
    const body = providerBody();
    const headers = { 'idempotency-key': 'no-response' };
    let isHit = false;
    proxy.decideOutcome = (sql) => {
      if (!sql.startsWith('INSERT INTO `providers`')) return 'pass';
      isHit = true;
      proxy.blackhole();
      return 'stalled';
    };
    const { result, milliseconds, limit } = await paced(() =>
      app.api.post('/v1/llm-providers', body, { headers }),
    );
    await proxy.pass();
    expect(isHit).toBe(true);
    expect(result).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
    expect(milliseconds).toBeLessThan(limit(RESPONSE_DEADLINE_MS));
    report(`a statement without a response: 503 after ${milliseconds} ms`);
    expect(await database.query('SELECT id FROM providers WHERE name = ?', [body.name])).toEqual([]);
  });
});

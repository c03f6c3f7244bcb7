import { type ProxiedApp, startProxiedApp } from '../support/app/proxied-app';
import { paced } from '../support/pace';
import { providerBody } from '../support/registry/factories';
import { report } from '../support/report';

const RESPONSE_DEADLINE_MS = 3000;

describe('a database that falls silent in the midst of a request', () => {
  let proxied: ProxiedApp;

  beforeAll(async () => {
    proxied = await startProxiedApp();
  });
  afterAll(() => proxied.stop());

  it('503 in three seconds where the work of an Idempotency-Key is never answered, and nothing is done', async () => {
    const { app, proxy, database } = proxied;
    const body = providerBody();
    const headers = { 'idempotency-key': 'never-answered' };
    let isHit = false;
    proxy.judge = (sql) => {
      if (!sql.startsWith('INSERT INTO `providers`')) return 'pass';
      isHit = true;
      proxy.blackhole();
      return 'silent';
    };
    const { result, milliseconds, limit } = await paced(() =>
      app.api.post('/v1/llm-providers', body, { headers }),
    );
    await proxy.pass();
    expect(isHit).toBe(true);
    expect(result).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
    expect(milliseconds).toBeLessThan(limit(RESPONSE_DEADLINE_MS));
    report(`a statement that is never answered: 503 after ${milliseconds} ms`);
    expect(await database.query('SELECT id FROM providers WHERE name = ?', [body.name])).toEqual([]);
  });
});

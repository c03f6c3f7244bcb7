import { MetricsRegistry } from '../../../src/observability/metrics-registry';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider } from '../../support/clients/accounts';
import { timed } from '../../support/pace';

const TOKEN = 'metrics-token-0123456789';

describe('GET /metrics', () => {
  async function withApp(env: Record<string, string>, test: (app: TestApp) => Promise<void>) {
    const app = await startTestApp({ env });
    try {
      await test(app);
    } finally {
      await app.stop();
    }
  }

  it('needs no token on a loopback address', () =>
    withApp({}, async (app) => {
      const response = await app.clientFor().get('/metrics');
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/plain');
      expect(response.text).toContain('caret_database_ready 1');
    }));

  it('returns 404 on other addresses without METRICS_TOKEN, also to an admin', () =>
    withApp({ HOST: '0.0.0.0' }, async (app) => {
      for (const caller of [app.clientFor(), app.api, app.clientFor('')]) {
        expect(await caller.get('/metrics')).toMatchObject({
          status: 404,
          body: { code: 'route.not_found' },
        });
      }
    }));

  it.each(['127.0.0.1', '0.0.0.0'])('needs METRICS_TOKEN if it is set, with HOST=%s', (HOST) =>
    withApp({ HOST, METRICS_TOKEN: TOKEN }, async (app) => {
      for (const caller of [
        app.clientFor(),
        app.api,
        app.clientFor(`${TOKEN}x`),
        app.clientFor(TOKEN.slice(1)),
      ]) {
        const response = await caller.get('/metrics');
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toContain('Bearer');
        expect(response.text).not.toContain('caret_');
      }
      expect((await app.clientFor(TOKEN).get('/metrics')).status).toBe(200);
      expect((await app.clientFor(TOKEN).get('/v1/account')).status).toBe(401);
    }),
  );

  it('counts requests by route pattern, and contains no id, name or secret', () =>
    withApp({}, async (app) => {
      const apiKey = 'sk-metrics-0123456789abcdef';
      const { id } = await createProvider(app.api, { name: 'metered', api_key: apiKey });
      await app.api.get(`/v1/llm-providers/${id}`);
      await app.api.get('/v1/unknown-path-0815');
      await app.api.get('/v1/llm-providers?name=metered');
      const { text } = await app.clientFor().get('/metrics');
      const counted = 'caret_http_request_duration_seconds_count';
      expect(text).toContain(
        `${counted}{method="GET",route="/v1/llm-providers/:provider_id",status="200"} 1`,
      );
      expect(text).toContain(`${counted}{method="POST",route="/v1/llm-providers",status="201"} 1`);
      for (const hidden of [id, 'metered', 'sk-metrics', 'unknown-path', app.adminToken]) {
        expect(text).not.toContain(hidden);
      }
    }));

  it('are built at most once per second, however many requests ask for them', () =>
    withApp({}, async (app) => {
      const build = jest.spyOn(app.app.get(MetricsRegistry), 'text');
      const { milliseconds } = await timed(() =>
        Promise.all(Array.from({ length: 100 }, () => app.clientFor().get('/metrics'))),
      );
      expect(build.mock.calls.length).toBeLessThanOrEqual(1 + Math.ceil(milliseconds / 1000));
      build.mockRestore();
    }));

  it('adds one series for all unknown paths', () =>
    withApp({}, async (app) => {
      for (let path = 0; path < 50; path++) await app.api.get(`/v1/${path}`);
      const { text } = await app.clientFor().get('/metrics');
      const series = text
        .split('\n')
        .filter((line) => /^caret_http_request_duration_seconds_count/.test(line));
      expect(series.filter((line) => line.includes('status="404"'))).toHaveLength(1);
    }));
});

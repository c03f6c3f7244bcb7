import { startTestApp, type TestApp } from '../../support/app/app';
import { stopMonotonicClock } from '../../support/app/time-travel';
import type { ApiResponse } from '../../support/clients/api-client';
import { forgeToken } from '../../support/clients/forged-token';

describe('the limit of failed authentications', () => {
  beforeAll(() => stopMonotonicClock());
  afterAll(() => {
    jest.restoreAllMocks();
  });

  async function sendInvalid(app: TestApp, count: number, headers: Record<string, string> = {}) {
    const stranger = app.clientFor(forgeToken('01936b1e-0000-7000-8000-000000000000'));
    const responses: ApiResponse[] = [];
    for (let attempt = 0; attempt < count; attempt++)
      responses.push(await stranger.get('/v1/account', { headers }));
    return responses;
  }

  describe('without a proxy', () => {
    let app: TestApp;
    let responses: ApiResponse[];

    beforeAll(async () => {
      app = await startTestApp();
      responses = await sendInvalid(app, 25);
    });
    afterAll(() => app.stop());

    it('returns 429 with Retry-After after 20 invalid tokens within a minute', () => {
      expect(responses.slice(0, 19).every(({ status }) => status === 401)).toBe(true);
      for (const response of responses.slice(20)) {
        expect(response).toMatchObject({ status: 429, body: { code: 'auth.too_many_failures' } });
        const seconds = Number(response.headers.get('retry-after'));
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(60);
      }
    });

    it('does not limit valid tokens from the same address', async () => {
      for (let request = 0; request < 30; request++)
        expect((await app.api.get('/v1/account')).status).toBe(200);
    });

    it('returns 401 for a missing token', async () => {
      expect((await app.clientFor().get('/v1/account')).status).toBe(401);
    });

    it('is not reset by a valid token', async () => {
      await app.api.get('/v1/account');
      expect((await sendInvalid(app, 1))[0]!.status).toBe(429);
    });

    it('ignores forwarding headers from an untrusted client', async () => {
      for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP']) {
        expect((await sendInvalid(app, 1, { [name]: '203.0.113.7' }))[0]!.status).toBe(429);
      }
    });
  });

  describe('behind a trusted proxy', () => {
    let app: TestApp;

    beforeAll(async () => {
      app = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1' } });
    });
    afterAll(() => app.stop());

    it('counts by the client address that the proxy reports', async () => {
      const from = (address: string) => ({ 'X-Forwarded-For': address });
      expect((await sendInvalid(app, 25, from('203.0.113.1'))).at(-1)!.status).toBe(429);
      expect((await sendInvalid(app, 1, from('203.0.113.2')))[0]!.status).toBe(401);
      // The client wrote the first entry. Only the proxy's own entry, the last one, counts.
      expect((await sendInvalid(app, 1, from('198.51.100.9, 203.0.113.1')))[0]!.status).toBe(429);
    });
  });
});

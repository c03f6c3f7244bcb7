import { startTestApp, type TestApp } from '../../support/app/app';
import { stopMonotonicClock } from '../../support/app/time-travel';
import { forgeToken } from '../../support/clients/forged-token';
import type { ApiResponse } from '../../support/clients/http-client';

describe('too many invalid tokens from one address', () => {
  beforeAll(() => stopMonotonicClock());
  afterAll(() => {
    jest.restoreAllMocks();
  });

  async function attempts(app: TestApp, count: number, headers: Record<string, string> = {}) {
    const stranger = app.clientFor(forgeToken('01936b1e-0000-7000-8000-000000000000'));
    const answers: ApiResponse[] = [];
    for (let attempt = 0; attempt < count; attempt++)
      answers.push(await stranger.get('/v1/account', { headers }));
    return answers;
  }

  describe('without a proxy', () => {
    let app: TestApp;
    let answers: ApiResponse[];

    beforeAll(async () => {
      app = await startTestApp();
      answers = await attempts(app, 25);
    });
    afterAll(() => app.stop());

    it('are 429 after twenty within a minute, with the seconds to wait', () => {
      expect(answers.slice(0, 19).every(({ status }) => status === 401)).toBe(true);
      for (const answer of answers.slice(20)) {
        expect(answer).toMatchObject({ status: 429, body: { code: 'auth.too_many_failures' } });
        const seconds = Number(answer.headers.get('retry-after'));
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(60);
      }
    });

    it('do not lock out valid tokens from there', async () => {
      for (let request = 0; request < 30; request++)
        expect((await app.api.get('/v1/account')).status).toBe(200);
    });

    it('do not make a missing token anything but 401', async () => {
      expect((await app.clientFor().get('/v1/account')).status).toBe(401);
    });

    it('are not forgotten because a valid token came between', async () => {
      await app.api.get('/v1/account');
      expect((await attempts(app, 1))[0]!.status).toBe(429);
    });

    it('cannot be laid at the door of another address by X-Forwarded-For', async () => {
      for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP']) {
        expect((await attempts(app, 1, { [name]: '203.0.113.7' }))[0]!.status).toBe(429);
      }
    });
  });

  describe('behind a trusted proxy', () => {
    let app: TestApp;

    beforeAll(async () => {
      app = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1' } });
    });
    afterAll(() => app.stop());

    it('are counted by the address that the proxy saw', async () => {
      const from = (address: string) => ({ 'X-Forwarded-For': address });
      expect((await attempts(app, 25, from('203.0.113.1'))).at(-1)!.status).toBe(429);
      expect((await attempts(app, 1, from('203.0.113.2')))[0]!.status).toBe(401);
      // What the client put in front of the proxy's own entry counts for nothing.
      expect((await attempts(app, 1, from('198.51.100.9, 203.0.113.1')))[0]!.status).toBe(429);
    });
  });
});

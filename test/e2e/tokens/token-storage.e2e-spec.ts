import { createHash } from 'node:crypto';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount, issueToken } from '../../support/clients/accounts';

const BODY = { name: 'created', scopes: ['providers:read'] };

describe('the storage of a token', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const withKey = (key: string) => ({ headers: { 'Idempotency-Key': key } });
  const tokenCount = async () => (await app.api.get('/v1/tokens')).body.length as number;

  it('contains neither the secret nor a hash without a key', async () => {
    const created = await app.api.post('/v1/tokens', BODY, withKey('stored'));
    const { id, token } = created.body as { id: string; token: string };
    const rotated = (await app.api.post(`/v1/tokens/${id}/rotate`, {})).body.token as string;
    expect((await app.clientFor(rotated).get('/v1/account')).status).toBe(200);
    const dump = (await app.database.dump()) + app.logs();
    for (const secret of [token, rotated, app.adminToken]) {
      const secretPart = secret.slice(-51, -8);
      for (let start = 0; start + 8 <= secretPart.length; start++) {
        expect(dump).not.toContain(secretPart.slice(start, start + 8));
      }
      for (const algorithm of ['sha256', 'sha512', 'sha1', 'md5']) {
        const digest = createHash(algorithm).update(secret).digest();
        expect(dump).not.toContain(digest.toString('hex'));
        expect(dump).not.toContain(digest.toString('base64url'));
      }
    }
  });

  it('contains an HMAC of the token, so a row with another HMAC rejects its token', async () => {
    const [one, two] = [await issueToken(app, ['usage:read']), await issueToken(app, ['gateway:use'])];
    const [row] = await app.database.query<{ secret_hmac: string }>(
      'SELECT secret_hmac FROM api_tokens WHERE id = ?',
      [two.id],
    );
    expect(row!.secret_hmac).toMatch(/^[0-9a-f]{64}$/);
    await app.database.query('UPDATE api_tokens SET secret_hmac = ? WHERE id = ?', [
      row!.secret_hmac,
      one.id,
    ]);
    expect((await one.api.get('/v1/account')).status).toBe(401);
    expect((await two.api.get('/v1/account')).body.token.id).toBe(two.id);
  });

  describe('with an Idempotency-Key', () => {
    it('contains no secret, so a replay returns 200 without it and creates nothing', async () => {
      const first = await app.api.post('/v1/tokens', BODY, withKey('replayed'));
      const count = await tokenCount();
      const replay = await app.api.post('/v1/tokens', BODY, withKey('replayed'));
      const { token, ...record } = first.body;
      expect(first.status).toBe(201);
      expect(token).toEqual(expect.any(String));
      expect(replay.status).toBe(200);
      expect(replay.body).toEqual(record);
      expect(await tokenCount()).toBe(count);
    });

    it('returns 422 for another body and still replays the first', async () => {
      await app.api.post('/v1/tokens', BODY, withKey('reused'));
      const other = await app.api.post('/v1/tokens', { ...BODY, name: 'other' }, withKey('reused'));
      expect(other.status).toBe(422);
      expect((await app.api.post('/v1/tokens', BODY, withKey('reused'))).status).toBe(200);
    });

    it('accepts a corrected body after a validation error', async () => {
      expect((await app.api.post('/v1/tokens', { ...BODY, name: '' }, withKey('corrected'))).status).toBe(
        422,
      );
      expect((await app.api.post('/v1/tokens', BODY, withKey('corrected'))).status).toBe(201);
    });

    it('does not store a 403', async () => {
      const { api } = await issueToken(app, ['tokens:write']);
      expect((await api.post('/v1/tokens', BODY, withKey('forbidden'))).status).toBe(403);
      expect((await app.api.post('/v1/tokens', BODY, withKey('forbidden'))).status).toBe(201);
    });

    it('creates a token in each account that sends the same key and body', async () => {
      const otherApi = await createAccount(app);
      const [own, other] = [
        await app.api.post('/v1/tokens', BODY, withKey('shared')),
        await otherApi.post('/v1/tokens', BODY, withKey('shared')),
      ];
      expect([own.status, other.status]).toEqual([201, 201]);
      expect(other.body.id).not.toBe(own.body.id);
    });

    it('creates one token for concurrent requests', async () => {
      const count = await tokenCount();
      const requests = Array.from({ length: 8 }, () => app.api.post('/v1/tokens', BODY, withKey('racing')));
      const responses = await Promise.all(requests);
      const created = responses.filter(({ status }) => status === 201);
      expect(created).toHaveLength(1);
      for (const { status } of responses) expect([200, 201, 409]).toContain(status);
      expect(await tokenCount()).toBe(count + 1);
    });

    it.each(['', 'x'.repeat(256), 'with space', 'ünïcode'])('returns 400 for the key %j', async (key) => {
      const headers = [
        ['Authorization', `Bearer ${app.adminToken}`],
        ['Content-Type', 'application/json'],
        ['Idempotency-Key', key],
      ] as const;
      const body = JSON.stringify(BODY);
      const response = await app.api.rawRequest({ method: 'POST', path: '/v1/tokens', headers, body });
      expect(response.status).toBe(400);
    });
  });
});

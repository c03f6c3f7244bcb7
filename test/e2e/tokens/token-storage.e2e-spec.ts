import { createHash } from 'node:crypto';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount, issueToken } from '../../support/clients/accounts';

const MINT = { name: 'minted', scopes: ['providers:read'] };

describe('what is kept of a token', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const withKey = (key: string) => ({ headers: { 'Idempotency-Key': key } });
  const tokenCount = async () => (await app.api.get('/v1/tokens')).body.length as number;

  it('is neither the secret nor a hash that needs no key', async () => {
    const created = await app.api.post('/v1/tokens', MINT, withKey('stored'));
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

  it('is an HMAC: a row with the hash of another token takes that one, and its own no longer', async () => {
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
    it('is the record alone: a replay is 200 without a secret, and makes nothing', async () => {
      const first = await app.api.post('/v1/tokens', MINT, withKey('replayed'));
      const count = await tokenCount();
      const replay = await app.api.post('/v1/tokens', MINT, withKey('replayed'));
      const { token, ...record } = first.body;
      expect(first.status).toBe(201);
      expect(token).toEqual(expect.any(String));
      expect(replay.status).toBe(200);
      expect(replay.body).toEqual(record);
      expect(await tokenCount()).toBe(count);
    });

    it('refuses another body with 422, and still replays the first', async () => {
      await app.api.post('/v1/tokens', MINT, withKey('reused'));
      const other = await app.api.post('/v1/tokens', { ...MINT, name: 'other' }, withKey('reused'));
      expect(other.status).toBe(422);
      expect((await app.api.post('/v1/tokens', MINT, withKey('reused'))).status).toBe(200);
    });

    it('answers a body that failed validation anew, once it is mended', async () => {
      expect((await app.api.post('/v1/tokens', { ...MINT, name: '' }, withKey('mended'))).status).toBe(422);
      expect((await app.api.post('/v1/tokens', MINT, withKey('mended'))).status).toBe(201);
    });

    it('does not remember a refusal for want of scope', async () => {
      const { api } = await issueToken(app, ['tokens:write']);
      expect((await api.post('/v1/tokens', MINT, withKey('forbidden'))).status).toBe(403);
      expect((await app.api.post('/v1/tokens', MINT, withKey('forbidden'))).status).toBe(201);
    });

    it('is of one account: the same key and body elsewhere make a token there', async () => {
      const other = await createAccount(app);
      const [own, others] = [
        await app.api.post('/v1/tokens', MINT, withKey('shared')),
        await other.post('/v1/tokens', MINT, withKey('shared')),
      ];
      expect([own.status, others.status]).toEqual([201, 201]);
      expect(others.body.id).not.toBe(own.body.id);
    });

    it('makes one token, however many requests come at once', async () => {
      const count = await tokenCount();
      const requests = Array.from({ length: 8 }, () => app.api.post('/v1/tokens', MINT, withKey('racing')));
      const answers = await Promise.all(requests);
      const created = answers.filter(({ status }) => status === 201);
      expect(created).toHaveLength(1);
      for (const { status } of answers) expect([200, 201, 409]).toContain(status);
      expect(await tokenCount()).toBe(count + 1);
    });

    it.each(['', 'x'.repeat(256), 'with space', 'ünïcode'])('refuses %j as a key with 400', async (key) => {
      const headers = [
        ['Authorization', `Bearer ${app.adminToken}`],
        ['Content-Type', 'application/json'],
        ['Idempotency-Key', key],
      ] as const;
      const body = JSON.stringify(MINT);
      const answer = await app.api.rawRequest({ method: 'POST', path: '/v1/tokens', headers, body });
      expect(answer.status).toBe(400);
    });
  });
});

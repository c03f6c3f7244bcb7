import { timestampIn } from '../../../src/common/timestamp';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient } from '../../support/clients/api-client';
import { createOtherAccount, providerBody, uniqueName } from '../../support/registry/factories';

const MAX_KEYS = 1000;
const HOUR_MS = 3_600_000;

describe('the limit of 1000 idempotency keys', () => {
  let app: TestApp;
  let api: ApiClient;
  let accountId: string;

  const post = (key: string | null, body = providerBody()) =>
    api.post('/v1/llm-providers', body, key === null ? {} : { headers: { 'idempotency-key': key } });

  /** Stores keys of the account that are `ageMs` old. */
  const storeKeys = async (count: number, ageMs: number): Promise<void> => {
    const rows = Array.from({ length: count }, () => {
      const id = uniqueName('key').padStart(64, '0');
      return `('${id}', '${accountId}', '${id}', '${accountId}', '${timestampIn(-ageMs)}', 201, '{}', 2, '${timestampIn(-ageMs)}')`;
    });
    const columns =
      'id, account_id, body_hmac, claimed_by, claimed_until, status, response, stored_bytes, created_at';
    await app.database.query(`INSERT INTO idempotency_keys (${columns}) VALUES ${rows.join(', ')}`);
    await app.database.query('UPDATE accounts SET registry_bytes = registry_bytes + ? WHERE id = ?', [
      2 * count,
      accountId,
    ]);
  };

  const countKeys = async (): Promise<number> => {
    const sql = 'SELECT COUNT(*) AS count FROM idempotency_keys WHERE account_id = ?';
    const [row] = await app.database.query<{ count: number }>(sql, [accountId]);
    return Number(row!.count);
  };

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    api = await createOtherAccount(app);
    accountId = (await api.get('/v1/account')).body.id;
  });

  it('returns 429 for one more, stores nothing, and says when the oldest key expires', async () => {
    const [kept, body] = [uniqueName('key'), providerBody()];
    const first = await post(kept, body);
    await storeKeys(MAX_KEYS - 1, 23 * HOUR_MS);
    const rejected = await post(uniqueName('key'));
    expect(rejected).toMatchObject({ status: 429, body: { code: 'idempotency.too_many_keys' } });
    const retryAfter = Number(rejected.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(3000);
    expect(retryAfter).toBeLessThanOrEqual(3600);
    expect(await countKeys()).toBe(MAX_KEYS);
    expect((await api.get('/v1/llm-providers')).body).toHaveLength(1);
    expect((await post(kept, body)).text).toBe(first.text);
  });

  it('does not concern requests without a key, or other accounts', async () => {
    await storeKeys(MAX_KEYS, 23 * HOUR_MS);
    expect((await post(null)).status).toBe(201);
    api = await createOtherAccount(app);
    expect((await post(uniqueName('key'))).status).toBe(201);
  });

  it('does not count expired keys', async () => {
    await storeKeys(MAX_KEYS, 25 * HOUR_MS);
    expect((await post(uniqueName('key'))).status).toBe(201);
  });

  it('is not exceeded by concurrent requests', async () => {
    await storeKeys(MAX_KEYS - 3, HOUR_MS);
    const responses = await Promise.all(Array.from({ length: 20 }, () => post(uniqueName('key'))));
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(3);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(17);
    expect(await countKeys()).toBeLessThanOrEqual(MAX_KEYS);
  });
});

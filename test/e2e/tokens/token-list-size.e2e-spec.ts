import { timestampIn } from '../../../src/common/timestamp';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import { findNextPage } from '../../support/clients/next-page';
import { countStatements, WITHOUT_POLLS } from '../../support/database/statement-count';
import { problem } from '../../support/registry/factories';
import { copyToken } from '../../support/registry/seed-rows';

const MEBIBYTE = 1024 * 1024;
const PATH = '/v1/tokens';
/** The longest name in UTF-8. */
const LONG_NAME = '🗝'.repeat(200);

describe('a long list of tokens', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await startTestApp({ env: WITHOUT_POLLS });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    api = await createAccount(app);
  });

  /** Gives the account `count` more tokens, all expired. */
  async function addTokens(count: number, name = 'expired'): Promise<void> {
    const [{ id }] = (await api.get(`${PATH}?limit=1`)).body as [{ id: string }];
    await copyToken(app.database, id, count, { name, expires_at: timestampIn(-1000) });
  }
  const walk = async (): Promise<Json[]> => {
    const items: Json[] = [];
    for (let page: string | null = `${PATH}?limit=200`; page !== null;) {
      const response: ApiResponse = await api.get(page);
      expect(response.status).toBe(200);
      items.push(...response.body);
      page = findNextPage(response);
    }
    return items;
  };

  it('is whole without limit, in the order of its pages, and continues after a cursor', async () => {
    await addTokens(1234);
    const whole = await api.get(PATH);
    expect(whole.body).toHaveLength(1235);
    expect(whole.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(await walk()).toEqual(whole.body);
    const link = findNextPage(await api.get(`${PATH}?limit=150`))!;
    expect((await api.get(link.replace('limit=150&', ''))).body).toEqual(whole.body.slice(150));
  });

  it('is one statement up to 499 tokens', async () => {
    await addTokens(498);
    await api.get(PATH);
    expect(await countStatements(app, () => api.get(PATH))).toBe(1);
  });

  it('is rejected above 16 MiB with a pointer to limit, and its pages are served', async () => {
    await addTokens(Math.ceil((16 * MEBIBYTE) / Buffer.byteLength(LONG_NAME)), LONG_NAME);
    const response = await api.get(PATH);
    expect(problem(response)).toEqual({ status: 422, code: 'list.too_large' });
    expect(response.body.detail).toContain('limit');
    const page = await api.get(`${PATH}?limit=200`);
    expect(page.body).toHaveLength(200);
    expect(Buffer.byteLength(page.text)).toBeLessThan(256 * 1024);
  });

  it('is the same for concurrent requests', async () => {
    await addTokens(3000);
    const responses = await Promise.all(Array.from({ length: 10 }, () => api.get(PATH)));
    expect(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(responses[0]!.body).toHaveLength(3001);
  });
});

import { timestampIn } from '../../../src/common/timestamp';
import { RetentionService } from '../../../src/database/retention.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import { travel, useTimeTravel } from '../../support/app/time-travel';
import { issueToken } from '../../support/clients/accounts';
import { injectFault } from '../../support/database/statement-faults';
import { createProvider, problem, providerPath } from '../../support/registry/factories';
import { copyToken } from '../../support/registry/seed-rows';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

describe('the retention of expired tokens', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  useTimeTravel();

  const runRetention = () => app.app.get(RetentionService).run();
  const issueFor = (seconds: number, scopes: string[] = ['providers:read']) =>
    issueToken(app, scopes, { expires_at: timestampIn(seconds * 1000) });
  const idsLeft = async () =>
    ((await app.api.get('/v1/tokens')).body as { id: string }[]).map(({ id }) => id);

  it('deletes a token seven days after its expiry, and no other', async () => {
    const short = await issueFor(HOUR_SECONDS);
    const longer = await issueFor(2 * HOUR_SECONDS);
    const permanent = await issueToken(app, ['providers:read']);
    travel(7 * DAY_SECONDS + HOUR_SECONDS - 60);
    await runRetention();
    expect(await idsLeft()).toEqual(expect.arrayContaining([short.id, longer.id, permanent.id]));
    travel(120);
    await runRetention();
    const left = await idsLeft();
    expect(left).not.toContain(short.id);
    expect(left).toEqual(expect.arrayContaining([longer.id, permanent.id]));
    expect((await permanent.api.get('/v1/account')).status).toBe(200);
    expect((await short.api.get('/v1/account')).status).toBe(401);
  });

  it('deletes in short transactions by primary key', async () => {
    const { id } = await issueFor(HOUR_SECONDS);
    const copies = await copyToken(app.database, id, 450, {
      expires_at: timestampIn(-8 * DAY_SECONDS * 1000),
    });
    const deletes: string[][] = [];
    const undo = injectFault(app, {
      before: (sql, transaction) => {
        if (/^DELETE FROM .api_tokens/i.test(sql)) deletes.push([...transaction]);
      },
    });
    await runRetention();
    undo();
    expect(deletes).toHaveLength(3);
    for (const transaction of deletes) {
      expect(transaction.filter((sql) => sql.startsWith('DELETE'))).toHaveLength(1);
      expect(transaction.at(-1)).toMatch(/WHERE .*id. IN/);
    }
    const left = await idsLeft();
    expect(left).toContain(id);
    for (const copy of copies) expect(left).not.toContain(copy);
  });

  it('keeps the provider whose base URL a deleted token set, and everyone must confirm that URL', async () => {
    const { id, api } = await issueFor(HOUR_SECONDS, ['providers:write']);
    const provider = await createProvider(api, { base_url: 'http://127.0.0.1:4399/v1' });
    travel(8 * DAY_SECONDS);
    await runRetention();
    expect(await idsLeft()).not.toContain(id);
    const path = providerPath(provider);
    expect((await app.api.get(path)).body.base_url).toBe('http://127.0.0.1:4399/v1');
    expect(problem(await app.api.patch(path, { api_key: 'sk-next' }))).toMatchObject({
      status: 422,
      code: 'llm_providers.base_url_required',
    });
    expect((await app.api.delete(path)).status).toBe(204);
  });
});

import { Logger } from '@nestjs/common';
import { newId } from '../../../src/common/ids';
import { RetentionService } from '../../../src/database/retention.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, Json } from '../../support/clients/api-client';
import {
  createModel,
  createOtherAccount,
  createProvider,
  providerPath,
} from '../../support/registry/factories';

const MAX_BYTES = 2 ** 20;
const EVENT_BYTES = 400;

describe('the limit of AUDIT_MAX_MB', () => {
  let app: TestApp;
  let accountId: string;

  beforeAll(async () => {
    app = await startTestApp({ env: { AUDIT_MAX_MB: '1', AUDIT_RETENTION_DAYS: '0' } });
  });
  afterAll(() => app.stop());

  const idOf = async (api: ApiClient): Promise<string> => (await api.get('/v1/account')).body.id;
  const runRetention = () => app.app.get(RetentionService).run();

  /** Stores events that are older than all others of the account, and returns their ids, oldest first. */
  async function seed(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newId().replace(/^./, '0')).sort();
    const columns =
      'id, account_id, at, token_name, action, resource_type, resource_id, resource_name, changes, trace_id, stored_bytes';
    for (let start = 0; start < count; start += 500) {
      const batch = ids.slice(start, start + 500);
      const row = `(?, ?, '2026-01-01T00:00:00.000Z', 'x', 'provider.update', 'provider', '', 'x', '{}', 'seeded', ${EVENT_BYTES})`;
      await app.database.query(
        `INSERT INTO audit_events (${columns}) VALUES ${batch.map(() => row).join(', ')}`,
        batch.flatMap((id) => [id, accountId]),
      );
    }
    return ids;
  }

  async function eventsOf(account: string): Promise<Json[]> {
    const sql = 'SELECT id, action, stored_bytes FROM audit_events WHERE account_id = ? ORDER BY id';
    return app.database.query<Json>(sql, [account]);
  }

  const sumOf = (events: readonly Json[]): number =>
    events.reduce((sum, event) => sum + Number(event.stored_bytes), 0);

  it('counts the stored bytes of every event', async () => {
    const provider = await createProvider(app.api);
    const { id } = await createModel(app.api, provider.id);
    await app.api.patch(`${providerPath(provider)}/models/${id}`, { tags: ['é', '😀'] });
    const rows = await app.database.query<Json>('SELECT * FROM audit_events');
    for (const { stored_bytes, ...texts } of rows) {
      const bytes = Object.values(texts).map((text) => Buffer.byteLength((text as string | null) ?? ''));
      expect(Number(stored_bytes)).toBe(bytes.reduce((sum, each) => sum + each, 0));
    }
  });

  it('deletes the oldest events of the account alone, and leaves a trace', async () => {
    const other = await idOf(await createOtherAccount(app));
    accountId = await idOf(app.api);
    const others = await eventsOf(other);
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const seeded = await seed(6000);
    const before = await eventsOf(accountId);
    await runRetention();
    const after = await eventsOf(accountId);
    const { action } = after.at(-1)!;
    expect(action).toBe('audit.prune');
    const kept = after.slice(0, -1);
    expect(kept).toEqual(before.slice(-kept.length));
    expect(sumOf(kept)).toBeLessThanOrEqual(MAX_BYTES);
    expect(sumOf(kept)).toBeGreaterThan(MAX_BYTES - EVENT_BYTES);
    expect(await eventsOf(other)).toEqual(others);
    const [event] = (await app.api.get('/v1/audit-events?limit=1')).body;
    expect(event).toMatchObject({
      action: 'audit.prune',
      changes: { deleted_until: { after: '2026-01-01T00:00:00.000Z' }, max_bytes: { after: MAX_BYTES } },
    });
    expect((await app.clientFor().get('/metrics')).text).toContain(
      `caret_audit_pruned_events_total ${before.length - kept.length}`,
    );
    expect(seeded.length).toBeGreaterThan(before.length - kept.length);

    await seed(1000);
    await runRetention();
    const warnings = warn.mock.calls.map(([text]) => String(text));
    warn.mockRestore();
    expect(warnings.filter((text) => text.includes(accountId))).toHaveLength(1);
  });

  it('deletes nothing from an account within the limit', async () => {
    accountId = await idOf(await createOtherAccount(app));
    await seed(2500);
    const before = await eventsOf(accountId);
    await runRetention();
    expect(await eventsOf(accountId)).toEqual(before);
  });
});

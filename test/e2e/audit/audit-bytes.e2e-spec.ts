import { Logger } from '@nestjs/common';
import { schema } from '../../../src/app/schema';
import { loadConfig } from '../../../src/config/config';
import { createDataSource } from '../../../src/database/create-data-source';
import { AuditEventBytes1766500000000 } from '../../../src/database/migrations/1766500000000-audit-event-bytes';
import { ExistingStoredBytes1766600000000 } from '../../../src/database/migrations/1766600000000-existing-stored-bytes';
import { RetentionService } from '../../../src/database/retention.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, Json } from '../../support/clients/api-client';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import { undoMigrations } from '../../support/database/undo-migrations';
import {
  createModel,
  createOtherAccount,
  createProvider,
  providerPath,
} from '../../support/registry/factories';
import { copyAuditEvent } from '../../support/registry/seed-rows';

const MAX_BYTES = 2 ** 20;
const EVENT_BYTES = 400;
const OLD = '2026-01-01T00:00:00.000Z';

async function expectExactBytes(database: TestDatabase): Promise<void> {
  for (const { stored_bytes, ...texts } of await database.query<Json>('SELECT * FROM audit_events')) {
    const bytes = Object.values(texts).map((text) => Buffer.byteLength((text as string | null) ?? ''));
    expect(Number(stored_bytes)).toBe(bytes.reduce((sum, each) => sum + each, 0));
  }
}

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
  const seed = (count: number): Promise<string[]> =>
    copyAuditEvent(app.database, accountId, count, { at: OLD, stored_bytes: EVENT_BYTES });

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
    await expectExactBytes(app.database);
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
      changes: { deleted_until: { after: OLD }, max_bytes: { after: MAX_BYTES } },
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

it('the migration counts the bytes of existing audit events, batch by batch, and can run again', async () => {
  const database = await createTestDatabase();
  const first = await startTestApp({ database });
  await createProvider(first.api, { name: 'Straße 日本' });
  const accountId: string = (await first.api.get('/v1/account')).body.id;
  await copyAuditEvent(database, accountId, 1100, { resource_name: '😀' });
  await first.stop();
  const dataSource = await createDataSource(loadConfig(database.env).database, 2, schema).initialize();
  await undoMigrations(dataSource, AuditEventBytes1766500000000);
  await dataSource.runMigrations();
  await expectExactBytes(database);
  await undoMigrations(dataSource, ExistingStoredBytes1766600000000);
  await dataSource.query("UPDATE audit_events SET stored_bytes = 0 WHERE resource_name <> '😀'");
  await dataSource.runMigrations();
  await expectExactBytes(database);
  await dataSource.destroy();
  await database.drop();
});

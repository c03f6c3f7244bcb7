import { DataSource } from 'typeorm';
import { timestampIn } from '../../../src/common/timestamp';
import { RetentionService } from '../../../src/database/retention.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';
import { envOfReplica } from '../../support/database/database-nodes';
import { injectFault } from '../../support/database/statement-faults';
import { eventually } from '../../support/eventually';
import { createProvider } from '../../support/registry/factories';
import { copyAuditEvent } from '../../support/registry/seed-rows';

const DAY_MS = 24 * 3600 * 1000;
const DAYS = 10;

describe('the retention of audit events', () => {
  let apps: TestApp[];

  beforeAll(async () => {
    const first = await startTestApp({ env: { AUDIT_RETENTION_DAYS: String(DAYS) } });
    apps = [first];
    if (engine === 'mariadb') {
      const env = { ...first.env, ...envOfReplica(first.database.env, 1) };
      apps.push(await startTestApp({ database: first.database, env }));
    }
  });
  afterAll(async () => {
    for (const app of apps.reverse()) await app.stop();
  });

  const runRetentionOn = (app: TestApp) => app.app.get(RetentionService).run();

  /** Stores `count` events of `ageDays` ago. */
  async function seed(count: number, ageDays: number): Promise<void> {
    const { database, api } = apps[0]!;
    const accountId = (await api.get('/v1/account')).body.id as string;
    const at = timestampIn(-ageDays * DAY_MS);
    const changes = { at, action: 'provider.update', trace_id: 'seeded' };
    await copyAuditEvent(database, accountId, count, changes);
  }

  async function countSeeded(): Promise<number> {
    const [row] = await apps[0]!.database.query<{ count: number | string }>(
      "SELECT COUNT(*) AS count FROM audit_events WHERE trace_id = 'seeded'",
    );
    return Number(row!.count);
  }

  it('deletes events that are older than AUDIT_RETENTION_DAYS, and no others', async () => {
    await seed(3, DAYS + 1);
    await seed(2, DAYS - 1);
    await runRetentionOn(apps[0]!);
    expect(await countSeeded()).toBe(2);
    const { body } = await apps[0]!.api.get('/v1/audit-events');
    expect(body.map(({ action }: { action: string }) => action)).toContain('account.create');
  });

  it('deletes in short transactions by primary key, so that writes go on meanwhile', async () => {
    await seed(5000, DAYS + 1);
    const deletes: string[][] = [];
    const undo = injectFault(apps[0]!, {
      before: (sql, transaction) => {
        if (/^DELETE FROM .audit_events/i.test(sql)) deletes.push([...transaction]);
      },
    });
    let isDone = false;
    const running = runRetentionOn(apps[0]!).finally(() => (isDone = true));
    let writesMeanwhile = 0;
    while (!isDone) {
      await createProvider(apps.at(-1)!.api);
      if (!isDone) writesMeanwhile += 1;
    }
    await running;
    undo();
    expect(await countSeeded()).toBe(2);
    expect(deletes).toHaveLength(25);
    for (const transaction of deletes) {
      expect(transaction.filter((sql) => sql.startsWith('DELETE'))).toHaveLength(1);
      expect(transaction.at(-1)).toMatch(/WHERE .*id. IN/);
    }
    expect(writesMeanwhile).toBeGreaterThan(0);
  });

  it('runs on one replica at a time, and on another one after that', async () => {
    await seed(2000, DAYS + 1);
    const deletesOf = apps.map(() => 0);
    const undo = apps.map((app, index) =>
      injectFault(app, {
        before: (sql) => {
          if (/^DELETE FROM .audit_events/i.test(sql)) deletesOf[index]! += 1;
        },
      }),
    );
    const [first, ...others] = apps;
    const running = runRetentionOn(first!);
    await eventually('the first replica deletes', () => deletesOf[0]! > 0);
    await Promise.all(others.map(runRetentionOn));
    await running;
    expect(deletesOf).toEqual([10, ...others.map(() => 0)]);
    await seed(1, DAYS + 1);
    await runRetentionOn(apps.at(-1)!);
    for (const each of undo) each();
    expect(await countSeeded()).toBe(2);
  });

  (engine === 'mariadb' ? it : it.skip)('takes its lock in the table that the start created', async () => {
    const query = jest.spyOn(apps[0]!.app.get(DataSource), 'query');
    await runRetentionOn(apps[0]!);
    const statements = query.mock.calls.map(([sql]) => sql).filter((sql) => sql.includes('migration_lock'));
    query.mockRestore();
    expect(statements.map((sql) => sql.split(' ', 1)[0])).toEqual(['DELETE', 'INSERT', 'DELETE']);
  });
});

import type { DataSource } from 'typeorm';
import { timestampIn } from '../../../src/common/timestamp';
import { loadConfig } from '../../../src/config/config';
import { createDataSource } from '../../../src/database/create-data-source';
import { RetentionService } from '../../../src/database/retention.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';
import { injectFault } from '../../support/database/statement-faults';
import { eventually } from '../../support/eventually';
import { countersOf, recountAccounts } from '../../support/registry/account-counters';

const DAY_MS = 24 * 3600 * 1000;

/** SQLite runs one writing transaction at a time, so no other process can delete a key in between. */
const onServer = engine === 'mariadb' ? describe : describe.skip;

onServer('the retention of expired idempotency keys', () => {
  let app: TestApp;
  let other: DataSource;

  beforeAll(async () => {
    app = await startTestApp();
    const { database } = loadConfig(app.database.env);
    other = await createDataSource(database, 1, { entities: [], migrations: [] }).initialize();
  });
  afterAll(async () => {
    await other.destroy();
    await app.stop();
  });

  it('deletes the rest and frees its bytes when another replica deletes one of the keys first', async () => {
    const accountId: string = (await app.api.get('/v1/account')).body.id;
    const at = timestampIn(-DAY_MS - 1000);
    const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
    const row = (id: string) => `('${id}', '${accountId}', '${id}', '', '${at}', 201, '{}', 2, '${at}')`;
    const columns =
      'id, account_id, body_hmac, claimed_by, claimed_until, status, response, stored_bytes, created_at';
    const values = ids.map(row).join(', ');
    await app.database.query(`INSERT INTO idempotency_keys (${columns}) VALUES ${values}`);
    const addBytes = (bytes: number) =>
      `UPDATE accounts SET registry_bytes = registry_bytes + ${bytes} WHERE id = '${accountId}'`;
    await app.database.query(addBytes(2 * ids.length));

    const first = other.createQueryRunner();
    await first.startTransaction();
    await first.query(addBytes(-2));
    let isWaiting = false;
    const undo = injectFault(app, {
      before: (sql) => {
        isWaiting ||= /\baccounts\b/.test(sql);
      },
    });
    const run = app.app.get(RetentionService).run();
    await eventually('the deletion waits for the account', () => isWaiting);
    undo();
    await first.query('DELETE FROM idempotency_keys WHERE id = ?', [ids[0]]);
    await first.commitTransaction();
    await first.release();

    await run;
    const left = await app.database.query('SELECT id FROM idempotency_keys WHERE created_at = ?', [at]);
    expect(left).toEqual([]);
    const [account] = await app.database.query('SELECT * FROM accounts WHERE id = ?', [accountId]);
    expect(countersOf(account!)).toEqual((await recountAccounts(app.database)).get(accountId));
  });
});

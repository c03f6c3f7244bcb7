import { createRecord, splitRecord } from '../../../src/usage/fixtures/usage-records';
import { UsageLedger } from '../../../src/usage/usage-ledger';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { FaultProxy } from '../../support/faults/fault-proxy';
import { readUsageRows } from '../../support/gateway/usage-rows';

const STORED = { accountId: 'a', responseId: 'resp_1', providerId: 'p', modelId: 'm', tokenId: 't' };

(engine === 'mariadb' ? describe : describe.skip)(
  'the usage ledger while the database is unavailable',
  () => {
    let database: TestDatabase;
    let proxy: FaultProxy;
    let app: TestApp;
    let ledger: UsageLedger;

    beforeAll(async () => {
      database = await createTestDatabase();
      proxy = await FaultProxy.start(database.env.DATABASE_URL);
      app = await startTestApp({ database, env: { DATABASE_URL: proxy.url } });
      ledger = app.app.get(UsageLedger);
    });
    afterAll(async () => {
      await app.stop();
      await proxy.stop();
      await database.drop();
    });
    afterEach(() => proxy.pass());

    const settle = (record = createRecord()) =>
      new Promise<void>((resolve) => ledger.settle(...splitRecord(record), resolve));

    it('keeps rows in the journal, and loads each once when the database is back', async () => {
      await settle();
      await eventually('the first row is loaded', async () => (await readUsageRows(database)).length === 1);
      await proxy.rejectConnections();
      for (let count = 0; count < 50; count++) await settle();
      await eventually('the log reports it', () =>
        app.logs().includes('Usage cannot be loaded into the database.'),
      );
      expect(ledger.lagSeconds).toBeGreaterThan(0);
      expect(ledger.mayAccept()).toBe(true);
      await proxy.pass();
      await eventually('all rows are loaded', async () => (await readUsageRows(database)).length === 51);
      await eventually('nothing waits', () => ledger.lagSeconds === 0);
      const [sums] = await database.query('SELECT SUM(attempts) AS attempts FROM usage_hourly');
      expect(Number(sums!['attempts'])).toBe(51);
    });

    it('counts nothing twice if the response to a commit is lost', async () => {
      const before = (await readUsageRows(database)).length;
      let lost = 0;
      proxy.decideOutcome = (sql) => (sql.startsWith('COMMIT') && lost++ === 0 ? 'reset' : 'pass');
      for (let count = 0; count < 10; count++) await settle();
      await eventually(
        'all rows are loaded',
        async () => (await readUsageRows(database)).length === before + 10,
      );
      await eventually('nothing waits', () => ledger.lagSeconds === 0);
      expect(lost).toBeGreaterThan(0);
      const [sums] = await database.query('SELECT SUM(attempts) AS attempts FROM usage_hourly');
      expect(Number(sums!['attempts'])).toBe(before + 10);
    });

    it('finds a response that is in the journal, and reports 503 for others', async () => {
      await proxy.rejectConnections();
      ledger.storeResponse(STORED);
      await ledger.whenResponsesStored(STORED.responseId);
      expect(await ledger.findStoredResponse('a', STORED.responseId)).toEqual(STORED);
      await expect(ledger.findStoredResponse('a', 'resp_2')).rejects.toMatchObject({ kind: 'unavailable' });
    });
  },
);

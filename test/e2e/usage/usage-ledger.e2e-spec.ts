import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageLedger } from '../../../src/usage/usage-ledger';
import type { UsageRecord } from '../../../src/usage/usage-record';
import { startTestApp, type TestApp } from '../../support/app/app';
import { eventually } from '../../support/eventually';
import { readUsageRows } from '../../support/gateway/usage-rows';
import { createIntent, createRecord } from '../../support/usage/usage-records';

describe('the usage ledger', () => {
  let app: TestApp;
  let ledger: UsageLedger;

  beforeAll(async () => {
    app = await startTestApp();
    ledger = app.app.get(UsageLedger);
  });
  afterAll(() => app.stop());

  it('smoke', async () => {
    const intent = createIntent();
    ledger.intend(intent);
    const record = createRecord({}, intent);
    await new Promise<void>((resolve) => ledger.settle(record, resolve));
    const [row] = await eventually('row', async () => {
      const rows = await readUsageRows(app.database);
      return rows.length > 0 && rows;
    });
    console.log(row, ledger.lagSeconds, ledger.journalBytes, app.logs().slice(-2000));
  });
});

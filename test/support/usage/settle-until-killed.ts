import 'reflect-metadata';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../../src/config/config';
import type { DatabaseService } from '../../../src/database/database.service';
import { createIntent, createRecord, splitRecord } from '../../../src/usage/fixtures/usage-records';
import type { StoredResponsesRepository } from '../../../src/usage/stored-responses.repository';
import { UsageLedger } from '../../../src/usage/usage-ledger';

/** Records attempts until it is killed, and prints the id of each row that is acknowledged. Every tenth has no end. */
async function main(): Promise<void> {
  const database = { onStart: (task: () => Promise<void>) => void task() };
  const unused = {} as StoredResponsesRepository;
  const ledger = new UsageLedger(loadConfig(process.env), database as DatabaseService, unused);
  ledger.onModuleInit();
  await ledger.start();
  for (let count = 0; ; count++) {
    const intent = createIntent();
    ledger.intend(intent);
    await turn();
    const print = (): boolean => process.stdout.write(`${intent.id}\n`);
    if (count % 10 > 0) ledger.settle(...splitRecord(createRecord({}, intent)), print);
    // Slowly enough that the journal is never full, which drops rows.
    if (count % 3 === 0) await sleep(1);
  }
}

void main();

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApp } from '../app/app';
import type { TestDatabase } from '../database/database';
import { eventually } from '../eventually';
import type { Random } from '../registry/random';
import { segmentsOf } from './journal-files';
import { queryLedger } from './query-ledger';

const MAIN = join(__dirname, '../app/typescript-main.js');

export interface UsageKillReport {
  readonly acknowledged: number;
  readonly lost: number;
  /** Acknowledged rows that are missing or not whole, and sums that differ from the rows. */
  readonly faults: readonly string[];
}

/** Kills a process that records attempts, `rounds` times, and compares the ledger with what it acknowledged. */
export async function usageKillRounds(
  database: TestDatabase,
  rounds: number,
  random: Random,
): Promise<UsageKillReport> {
  const keys = {
    ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}`,
    BOOTSTRAP_TOKEN: randomBytes(24).toString('hex'),
  };
  // Small segments, so that processes are killed while they begin and delete them.
  const env = { ...database.env, ...keys, USAGE_JOURNAL_MAX_MB: '8' };
  await (await startTestApp({ database, env })).stop();
  const acknowledged: string[] = [];
  for (let round = 0; round < rounds; round++) acknowledged.push(...(await runUntilKilled(env, random)));
  const app = await startTestApp({ database, env });
  await eventually('all journals are loaded', () => segmentsOf(database).length === 0);
  await app.stop();
  return compare(database, acknowledged);
}

async function runUntilKilled(env: Record<string, string>, random: Random): Promise<string[]> {
  const child = spawn(process.execPath, [MAIN, 'test/support/usage/settle-until-killed.ts'], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await eventually('the process records attempts', () => text.includes('\n'));
  await sleep(random(1500));
  child.kill('SIGKILL');
  await once(child, 'close');
  return text.split('\n').slice(0, -1);
}

async function compare(database: TestDatabase, acknowledged: readonly string[]): Promise<UsageKillReport> {
  const rows = await queryLedger(database, 'SELECT id, status FROM usage_events');
  const statuses = new Map(rows.map(({ id, status }) => [String(id), String(status)]));
  const missing = acknowledged.filter((id) => statuses.get(id) !== 'ok');
  const sums = await queryLedger(database, 'SELECT status_class, attempts FROM usage_hourly');
  const faults = missing.map((id) => `${id} is ${statuses.get(id) ?? 'missing'}`);
  for (const status of ['ok', 'lost']) {
    const count = rows.filter((row) => row['status'] === status).length;
    const sum = sums
      .filter((row) => row['status_class'] === status)
      .reduce((total, { attempts }) => total + Number(attempts), 0);
    if (count !== sum) faults.push(`${count} rows are ${status}, but the sums have ${sum}`);
  }
  const lost = rows.filter((row) => row['status'] === 'lost').length;
  return { acknowledged: acknowledged.length, lost, faults: faults.slice(0, 20) };
}

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceProcess } from '../app/service-process';
import { ApiClient } from '../clients/api-client';
import type { TestDatabase } from '../database/database';
import { brokenInvariants } from '../registry/invariants';
import type { Random } from '../registry/random';
import { WriteLedger } from '../registry/write-ledger';

const WRITERS = 4;

export interface KillReport {
  readonly acknowledged: number;
  /** The number of writes in flight when the process was killed. */
  readonly interrupted: number;
  /** Lost acknowledged writes and partial writes. */
  readonly faults: readonly string[];
}

/** Kills the service during concurrent writes, `rounds` times, and verifies the data after each restart. */
export async function killRounds(
  database: TestDatabase,
  rounds: number,
  random: Random,
): Promise<KillReport> {
  const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
  const ENCRYPTION_KEYS = `first:${randomBytes(32).toString('base64')}`;
  const env = { ...database.env, BOOTSTRAP_TOKEN, ENCRYPTION_KEYS, EGRESS_MODE: 'local', LOG_LEVEL: 'error' };
  const ledgers = Array.from({ length: WRITERS }, (_, index) => new WriteLedger(`w${index}`, random));
  const faults: string[] = [];
  let interrupted = 0;
  for (let round = 0; round <= rounds; round++) {
    const service = await ServiceProcess.start(env);
    try {
      const api = new ApiClient(await service.listening(), BOOTSTRAP_TOKEN);
      const found = await Promise.all(ledgers.map((ledger) => ledger.audit(api)));
      faults.push(...found.flat(), ...(await lostRevision(database, ledgers)));
      faults.push(...(await brokenInvariants(database)));
      if (faults.length > 0 || round === rounds) break;
      const load = Promise.all(ledgers.map((ledger) => writeUntilDead(ledger, api)));
      await sleep(50 + random(400));
      service.signal('SIGKILL');
      const outcomes = await load;
      interrupted += outcomes.filter((outcome) => outcome === 'interrupted').length;
      faults.push(...outcomes.filter((outcome) => outcome !== 'interrupted'));
    } finally {
      await service.kill();
    }
  }
  const acknowledged = ledgers.reduce((sum, ledger) => sum + ledger.acknowledged, 0);
  return { acknowledged, interrupted, faults };
}

/** Returns `interrupted` when the service dies, or the status and text of an unexpected response. */
async function writeUntilDead(ledger: WriteLedger, api: ApiClient): Promise<string> {
  for (;;) {
    try {
      const { status, text } = await ledger.write(api);
      if (status >= 300) return `${status} ${text}`;
    } catch (error) {
      // The error that fetch throws when the connection ends. Its class is not the TypeError of Jest's realm.
      if ((error as Error).name === 'TypeError') return 'interrupted';
      throw error;
    }
  }
}

async function lostRevision(database: TestDatabase, ledgers: readonly WriteLedger[]): Promise<string[]> {
  const acknowledged = Math.max(...ledgers.map(({ revision }) => revision));
  const [account] = await database.query<{ revision: unknown }>('SELECT revision FROM accounts');
  const stored = Number(account?.revision);
  return stored < acknowledged ? [`revision ${acknowledged} was acknowledged, but ${stored} is stored`] : [];
}

import { type ProxiedApp, startProxiedApp } from '../support/app/proxied-app';
import type { StatementOutcome } from '../support/faults/fault-proxy';
import { brokenInvariants } from '../support/registry/invariants';
import { sampleWrites } from '../support/registry/sample-writes';
import { report } from '../support/report';

const TABLES = ['accounts', 'providers', 'provider_models', 'audit_events', 'api_tokens', 'registry_changes'];
/** More statements than any write needs. */
const MAX_STATEMENTS = 60;
const outcomes: StatementOutcome[] = ['unsent', 'reset', 'truncated'];

/** Recognizes statements of transactions. Single statements are reads, and writes after a response. */
function createTransactionFilter(): (sql: string, connection: number) => boolean {
  const open = new Set<number>();
  return (sql, connection) => {
    if (sql === 'START TRANSACTION') open.add(connection);
    const isInside = open.has(connection);
    if (/^(COMMIT|ROLLBACK)/.test(sql)) open.delete(connection);
    return isInside;
  };
}

describe.each(outcomes)('a write with a statement that is %s by the network', (outcome) => {
  let proxied: ProxiedApp;

  beforeAll(async () => {
    proxied = await startProxiedApp();
  });
  afterAll(() => proxied.stop());

  const state = async () => {
    const rows = await Promise.all(
      TABLES.map((table) => proxied.database.query(`SELECT * FROM ${table} ORDER BY 1, 2, 3`)),
    );
    return JSON.stringify(rows, (key, value: unknown) => (key === 'last_used_at' ? null : value));
  };

  it.each(Object.entries(sampleWrites))('is done completely or not at all: %s', async (name, prepare) => {
    const { app, proxy, database } = proxied;
    for (let target = 1; target <= MAX_STATEMENTS; target++) {
      const change = await prepare(app.api);
      const before = await state();
      let hit: string | null = null;
      let turn = 0;
      const isInTransaction = createTransactionFilter();
      proxy.decideOutcome = (sql, connection) => {
        if (!isInTransaction(sql, connection)) return 'pass';
        turn += 1;
        if (turn !== target) return 'pass';
        hit = sql;
        return outcome;
      };
      const response = await change();
      proxy.decideOutcome = () => 'pass';
      const after = await state();
      expect(await brokenInvariants(database)).toEqual([]);
      if (hit === null) {
        expect(response.status).toBeLessThan(300);
        expect(target).toBeGreaterThan(3);
        report(`${name}, ${outcome}: ${target - 1} statements, no partial write`);
        return;
      }
      const isCommitted = hit === 'COMMIT' && outcome !== 'unsent';
      if (response.status >= 300) {
        expect(response).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
        if (isCommitted) continue;
        expect(after).toBe(before);
        expect((await change()).status).toBeLessThan(300);
      }
    }
    throw new Error(`the write has more than ${MAX_STATEMENTS} statements`);
  });
});

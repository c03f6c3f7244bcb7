import { type ProxiedApp, startProxiedApp } from '../support/app/proxied-app';
import type { Fate } from '../support/faults/fault-proxy';
import { brokenInvariants } from '../support/registry/invariants';
import { changes } from '../support/registry/sample-writes';
import { report } from '../support/report';

const TABLES = ['accounts', 'providers', 'provider_models', 'audit_events', 'api_tokens', 'registry_changes'];
/** More statements than any change needs. */
const MAX_STATEMENTS = 60;
const fates: Fate[] = ['unsent', 'unanswered', 'half-answered'];

/** Tells statements of transactions; single ones are reads, which leave nothing, and what is noted behind a request. */
function transactions(): (sql: string, connection: number) => boolean {
  const open = new Set<number>();
  return (sql, connection) => {
    if (sql === 'START TRANSACTION') open.add(connection);
    const isInside = open.has(connection);
    if (/^(COMMIT|ROLLBACK)/.test(sql)) open.delete(connection);
    return isInside;
  };
}

describe.each(fates)('C5 over the network: a statement %s', (fate) => {
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

  it.each(Object.entries(changes))(
    'of %s leaves nothing, or all where it was the commit',
    async (name, prepare) => {
      const { app, proxy, database } = proxied;
      for (let target = 1; target <= MAX_STATEMENTS; target++) {
        const change = await prepare(app.api);
        const before = await state();
        let hit: string | null = null;
        let turn = 0;
        const isInside = transactions();
        proxy.judge = (sql, connection) => {
          if (!isInside(sql, connection)) return 'pass';
          turn += 1;
          if (turn !== target) return 'pass';
          hit = sql;
          return fate;
        };
        const answer = await change();
        proxy.judge = () => 'pass';
        const after = await state();
        expect(await brokenInvariants(database)).toEqual([]);
        if (hit === null) {
          expect(answer.status).toBeLessThan(300);
          expect(target).toBeGreaterThan(3);
          report(`C5, ${name}, ${fate}: ${target - 1} statements, nothing half`);
          return;
        }
        const isCommitted = hit === 'COMMIT' && fate !== 'unsent';
        if (answer.status >= 300) {
          expect(answer).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
          if (isCommitted) continue;
          expect(after).toBe(before);
          expect((await change()).status).toBeLessThan(300);
        }
      }
      throw new Error('the change has too many statements');
    },
  );
});

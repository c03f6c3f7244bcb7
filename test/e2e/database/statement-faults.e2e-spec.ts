import { databaseUnavailable } from '../../../src/database/database-errors';
import { startTestApp, type TestApp } from '../../support/app/app';
import { injectFault, type Probe, type StatementFault } from '../../support/database/statement-faults';
import { sampleWrites } from '../../support/registry/sample-writes';

const TABLES = ['accounts', 'providers', 'provider_models', 'audit_events', 'api_tokens'];
/** More statements than any change has. */
const MAX_STATEMENTS = 40;
/** Bookkeeping of Idempotency-Keys has transactions of its own, before and after the change. */
const BOOKKEEPING = /idempotency_keys/;

describe.each(Object.entries(sampleWrites))('a fault in any statement of %s', (_name, prepare) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const state = async () => {
    const rows = await Promise.all(
      TABLES.map((table) => app.database.query(`SELECT * FROM ${table} ORDER BY id`)),
    );
    return JSON.stringify(rows, (key, value: unknown) => (key === 'last_used_at' ? null : value));
  };

  /** Fails one statement after the other, each in a new change, until a change succeeds. */
  async function failEach(
    faultOf: (probe: Probe) => StatementFault,
    verify: (hit: string, before: string, after: string) => void,
  ): Promise<void> {
    for (let target = 1; target <= MAX_STATEMENTS; target++) {
      const change = await prepare(app.api);
      const before = await state();
      let hit: string | null = null;
      let turn = 0;
      const probe: Probe = (sql, [first]) => {
        if (BOOKKEEPING.test(first!)) return;
        turn += 1;
        if (turn !== target) return;
        hit = sql;
        throw databaseUnavailable();
      };
      const undo = injectFault(app, faultOf(probe));
      const response = await change();
      undo();
      if (hit === null) {
        expect(response.status).toBeLessThan(300);
        expect(target).toBeGreaterThan(3);
        return;
      }
      expect(response.status).toBe(503);
      verify(hit, before, await state());
      const again = await change();
      if (hit !== 'COMMIT') expect(again.status).toBeLessThan(300);
    }
    throw new Error('The change has too many statements.');
  }

  it('changes nothing before the statement reaches the database, and a retry succeeds', async () => {
    await failEach(
      (before) => ({ before }),
      (_hit, before, after) => expect(after).toBe(before),
    );
  });

  it('changes nothing when the response is lost, or everything if it was the commit', async () => {
    await failEach(
      (after) => ({ after }),
      (hit, before, after) => {
        if (hit === 'COMMIT') expect(after).not.toBe(before);
        else expect(after).toBe(before);
      },
    );
  });
});

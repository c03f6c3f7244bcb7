import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newId } from '../../../src/common/ids';
import { createIntent, createRecord, splitRecord } from '../../../src/usage/fixtures/usage-records';
import { UsageLedger } from '../../../src/usage/usage-ledger';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createTestDatabase, engine, type Row, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import {
  journalLines,
  segmentPath,
  segmentsOf,
  setAsideOf,
  writeSegment,
} from '../../support/usage/journal-files';
import { queryLedger } from '../../support/usage/query-ledger';

const ENV = {
  ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}`,
  BOOTSTRAP_TOKEN: randomBytes(24).toString('hex'),
};

const { intentLine, responseLine, settleLine } = journalLines;

describe('the start of a service that finds journals', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  /** Starts the service, waits until it has replayed every journal, and stops it. */
  async function replay(left = 0): Promise<void> {
    const app = await startTestApp({ database, env: ENV });
    try {
      await eventually('the journals are loaded', () => segmentsOf(database).length === left);
    } finally {
      await app.stop();
    }
  }

  const rowsOf = (): Promise<Row[]> => queryLedger(database, 'SELECT * FROM usage_events ORDER BY id');

  async function attemptsInSums(): Promise<number> {
    const sums = await queryLedger(database, 'SELECT attempts FROM usage_hourly');
    return sums.reduce((total, { attempts }) => total + Number(attempts), 0);
  }

  it('loads rows, and attempts without an end as lost', async () => {
    const [ended, lost, unpriced] = [createIntent(), createIntent(), createIntent({ estimatedCost: null })];
    const lines = [ended, lost, unpriced].map(intentLine);
    writeSegment(database, [...lines, settleLine(createRecord({}, ended))]);
    await replay();
    const rows = await rowsOf();
    expect(rows.map(({ id, status, cost_state }) => [id, status, cost_state])).toEqual([
      [ended.id, 'ok', 'exact'],
      [lost.id, 'lost', 'estimated'],
      [unpriced.id, 'lost', 'unknown'],
    ]);
    expect([Number(rows[1]!['cost']), rows[2]!['cost']]).toEqual([0.000250000001, null]);
    expect(await attemptsInSums()).toBe(3);
  });

  it('loads journals of several segments and slots', async () => {
    const open = createIntent();
    const records = Array.from({ length: 1200 }, () => createRecord());
    const journalId = writeSegment(database, [
      intentLine(open),
      ...records.slice(0, 600).map((each) => settleLine(each)),
    ]);
    writeSegment(database, [intentLine(open), ...records.slice(600).map((each) => settleLine(each))], {
      journalId,
      segment: 2,
    });
    writeSegment(database, [settleLine(createRecord({}, open))], { journalId, segment: 3 });
    writeSegment(database, [settleLine(createRecord())], { slot: 5 });
    await replay();
    const rows = await rowsOf();
    expect(rows).toHaveLength(1202);
    expect(rows.every(({ status }) => status === 'ok')).toBe(true);
    expect(await attemptsInSums()).toBe(1202);
  });

  it('counts nothing twice if a loaded journal was not deleted', async () => {
    const records = Array.from({ length: 20 }, () => createRecord());
    const lines = [...records.map((each) => settleLine(each)), intentLine(createIntent())];
    const journalId = writeSegment(database, lines);
    await replay();
    const [rows, attempts] = [await rowsOf(), await attemptsInSums()];
    expect([rows.length, attempts]).toEqual([21, 21]);
    writeSegment(database, lines, { journalId });
    await replay();
    expect([await rowsOf(), await attemptsInSums()]).toEqual([rows, attempts]);
  });

  it('continues at the place that was committed', async () => {
    const [first, second] = [createRecord(), createRecord()];
    const journalId = writeSegment(database, [settleLine(first)]);
    const offset = readFileSync(segmentPath(database, journalId)).length;
    await replay();
    // As if the process had been killed after this commit, and the rows before it had been deleted by retention.
    await queryLedger(database, 'DELETE FROM usage_events');
    const columns = '(journal_id, segment, byte_offset, updated_at)';
    const values = [journalId, 1, offset, '2026-01-01T00:00:00.000Z'];
    await queryLedger(database, `INSERT INTO usage_journals ${columns} VALUES (?, ?, ?, ?)`, values);
    writeSegment(database, [settleLine(first), settleLine(second)], { journalId });
    await replay();
    expect((await rowsOf()).map(({ id }) => id)).toEqual([second.id]);
    expect(await attemptsInSums()).toBe(2);
    expect(await queryLedger(database, 'SELECT * FROM usage_journals')).toEqual([]);
  });

  it('sets torn lines, other lines and rejected rows aside, and loads the rest', async () => {
    const [first, second] = [createRecord(), createRecord()];
    const corrupt = createRecord({ startedAt: 'never' as never });
    const incomplete = createRecord({ status: undefined });
    const lines = [first, corrupt, incomplete].map((each) => settleLine(each));
    const journalId = writeSegment(database, [...lines, 'no JSON\n', '{"settle":1}\n', settleLine(second)]);
    appendFileSync(segmentPath(database, journalId), '{"settle":{"id":"torn');
    await replay();
    expect((await rowsOf()).map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(await attemptsInSums()).toBe(2);
    const reasons = setAsideOf(database).map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(['line', 'line', 'row', 'row', 'torn']);
    expect(setAsideOf(database).find(({ reason }) => reason === 'torn')!.text).toBe('{"settle":{"id":"torn');
  });

  it('leaves a journal of another version alone', async () => {
    const journalId = writeSegment(database, []);
    const path = segmentPath(database, journalId);
    const text = readFileSync(path, 'utf8').replace('"caret_journal":1', '"caret_journal":2');
    writeFileSync(path, text + settleLine(createRecord()));
    writeSegment(database, [settleLine(createRecord())]);
    await replay(1);
    expect(await rowsOf()).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toContain('"caret_journal":2');
  });

  it('loads stored responses', async () => {
    const stored = { accountId: newId(), responseId: 'resp_1', providerId: 'p', modelId: 'm', tokenId: 't' };
    writeSegment(database, [responseLine(stored)]);
    await replay();
    const app = await startTestApp({ database, env: ENV });
    expect(await app.app.get(UsageLedger).findStoredResponse(stored.accountId, 'resp_1')).toEqual(stored);
    await app.stop();
  });

  it('deletes rows that are older than USAGE_RETENTION_DAYS', async () => {
    const old = createRecord({ id: '0190c000-0000-7000-8000-000000000001' });
    const recent = createRecord();
    writeSegment(database, [settleLine(old), settleLine(recent)]);
    await replay();
    writeSegment(database, [settleLine(createRecord())]);
    await replay();
    expect((await rowsOf()).map(({ id }) => id)).not.toContain(old.id);
    expect((await rowsOf()).map(({ id }) => id)).toContain(recent.id);
  });

  it('serves without a journal if its folder cannot be created, and says so', async () => {
    const file = join(database.env.DATA_DIR, 'usage');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    const app: TestApp = await startTestApp({ database, env: ENV });
    const ledger = app.app.get(UsageLedger);
    await new Promise<void>((resolve) => ledger.settle(...splitRecord(createRecord()), resolve));
    expect(ledger.dropped).toBe(1);
    expect((await app.api.get('/readyz')).body).toMatchObject({ status: 'ready', usage: 'degraded' });
    expect(app.logs()).toContain('The usage journal cannot be created in DATA_DIR.');
    await app.stop();
  });

  (engine === 'mariadb' ? it : it.skip)('gives each process of a machine its own slot', async () => {
    const apps = [await startTestApp({ database, env: ENV }), await startTestApp({ database, env: ENV })];
    const records = apps.map(() => createRecord());
    await Promise.all(
      apps.map(
        ({ app }, index) =>
          new Promise<void>((resolve) =>
            app.get(UsageLedger).settle(...splitRecord(records[index]!), resolve),
          ),
      ),
    );
    expect(new Set(segmentsOf(database)).size).toBe(2);
    await eventually('both are loaded', async () => (await rowsOf()).length === 2);
    for (const app of apps) await app.stop();
    expect(segmentsOf(database)).toEqual([]);
  });
});

import { newId } from '../../../src/common/ids';
import { createIntent, createRecord, splitRecord } from '../../../src/usage/fixtures/usage-records';
import { UsageLedger } from '../../../src/usage/usage-ledger';
import type { UsageRecord } from '../../../src/usage/usage-record';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createTestDatabase, type Row, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { segmentsOf } from '../../support/usage/journal-files';
import { queryLedger } from '../../support/usage/query-ledger';

const HOUR_MS = 3_600_000;
const SUMS = ['input_tokens', 'output_tokens', 'cache_write_tokens', 'cache_read_tokens', 'reasoning_tokens'];

describe('the usage ledger', () => {
  let app: TestApp;
  let ledger: UsageLedger;

  let database: TestDatabase;
  let environment: Record<string, string> | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
    await start();
  });
  afterAll(async () => {
    await app.stop();
    await database.drop();
  });

  async function start(): Promise<void> {
    app = await startTestApp({ database, env: environment });
    environment = { ...app.env };
    ledger = app.app.get(UsageLedger);
  }

  function settle(record: UsageRecord): Promise<void> {
    return new Promise((resolve) => ledger.settle(...splitRecord(record), resolve));
  }

  async function loadedRows(accountId: string, count: number): Promise<Row[]> {
    const sql = 'SELECT * FROM usage_events WHERE account_id = ? ORDER BY id';
    return eventually(`${count} rows are loaded`, async () => {
      const rows = await queryLedger(database, sql, [accountId]);
      return rows.length >= count && rows;
    });
  }

  it('has a row of each attempt with every column', async () => {
    const intent = createIntent({ startedAt: Date.parse('2026-03-04T05:06:07.890Z') });
    ledger.intend(intent);
    await settle(createRecord({ upstreamResponseId: 'resp_1' }, intent));
    const [row] = await loadedRows(intent.accountId, 1);
    expect({ ...row, cost: Number(row!['cost']), multiplier: Number(row!['multiplier']) }).toEqual({
      id: intent.id,
      account_id: intent.accountId,
      request_id: intent.requestId,
      client_request_id: null,
      attempt: 1,
      is_final: 1,
      token_id: intent.tokenId,
      token_name: 'app',
      provider_id: intent.providerId,
      provider_name: 'openai-main',
      model_id: intent.modelId,
      model: 'gpt-5',
      upstream_model: 'gpt-5-2026',
      selector: 'openai-main^gpt-5',
      endpoint: 'chat/completions',
      protocol_in: 'openai_chat_completions',
      protocol_out: 'openai_chat_completions',
      stream: 1,
      status: 'ok',
      http_status: 200,
      error_code: null,
      input_tokens: 100,
      output_tokens: 50,
      cache_write_tokens: 10,
      cache_read_tokens: 20,
      reasoning_tokens: 30,
      usage_source: 'upstream',
      usage: '{"input_audio":3}',
      cost: 0.000125000001,
      cost_state: 'exact',
      multiplier: 1,
      revision: 7,
      upstream_request_id: 'req_1',
      upstream_response_id: 'resp_1',
      started_at: '2026-03-04T05:06:07.890Z',
      ms_first_byte: 100,
      ms_first_content: 200,
      ms_total: 900,
      bytes_in: 700,
      bytes_out: 5000,
      tags: '{"team":"search"}',
      warnings: '["field: seed"]',
    });
  });

  it('has hourly sums that equal the rows', async () => {
    const accountId = newId();
    const [tokenId, providerId, modelId] = [newId(), newId(), newId()];
    const hour = Date.parse('2026-05-06T07:00:00.000Z');
    const outcomes: Partial<UsageRecord>[] = [
      { msTotal: 100, cost: '0.000000000001' },
      { msTotal: 101, isFinal: false, status: 'error', httpStatus: 503, cost: '0', costState: 'free' },
      { msTotal: 600_001, cost: null, costState: 'unknown' },
      { msTotal: 99, status: 'client_closed', cost: '1.5', costState: 'estimated', inputTokens: null },
    ];
    const fields = { accountId, tokenId, providerId, modelId };
    for (let turn = 0; turn < 150; turn++) {
      const startedAt = hour + (turn % 3) * HOUR_MS;
      await Promise.all(outcomes.map((each) => settle(createRecord({ ...fields, startedAt, ...each }))));
    }
    const rows = await loadedRows(accountId, 600);
    expect(rows).toHaveLength(600);
    const sums = await queryLedger(database, 'SELECT * FROM usage_hourly WHERE account_id = ?', [accountId]);
    expect(sums).toHaveLength(9);
    for (const sum of sums) {
      const statusClass = sum['status_class'] as string;
      const inGroup = rows.filter(
        (row) =>
          String(row['started_at']).slice(0, 13) === String(sum['hour']).slice(0, 13) &&
          (row['http_status'] === 503 ? '5xx' : row['status']) === statusClass,
      );
      const total = (column: string) => inGroup.reduce((all, row) => all + Number(row[column] ?? 0), 0);
      expect(inGroup.length).toBe(Number(sum['attempts']));
      expect(Number(sum['requests'])).toBe(total('is_final'));
      for (const column of SUMS) expect(Number(sum[column])).toBe(total(column));
      expect(Number(sum['cost'])).toBeCloseTo(total('cost'), 12);
      expect(sum).toMatchObject({ provider_name: 'openai-main', model: 'gpt-5', token_name: 'app' });
    }
    const ok = sums.find(
      (sum) => sum['status_class'] === 'ok' && String(sum['hour']).startsWith('2026-05-06T07'),
    )!;
    expect([ok['ms_100'], ok['ms_250'], ok['ms_600000'], ok['cost_unknown']].map(Number)).toEqual([
      50, 0, 50, 50,
    ]);
    const closed = sums.find((sum) => sum['status_class'] === 'client_closed')!;
    expect([Number(closed['cost']), Number(closed['cost_estimated'])]).toEqual([75, 75]);
  });

  it('finds a stored response of the same account immediately and after it is loaded', async () => {
    const stored = {
      accountId: newId(),
      responseId: 'resp_ä',
      providerId: newId(),
      modelId: newId(),
      tokenId: newId(),
    };
    ledger.storeResponse(stored);
    expect(await ledger.findStoredResponse(stored.accountId, stored.responseId)).toEqual(stored);
    const find = () =>
      queryLedger(database, 'SELECT * FROM upstream_responses WHERE account_id = ?', [stored.accountId]);
    await eventually('the response is loaded', async () => (await find()).length > 0);
    await ledger.whenResponsesStored(stored.responseId);
    expect(await ledger.findStoredResponse(stored.accountId, stored.responseId)).toEqual(stored);
    expect(await ledger.findStoredResponse(newId(), stored.responseId)).toBeNull();
    expect(await ledger.findStoredResponse(stored.accountId, 'resp_other')).toBeNull();
  });

  it('cuts texts to their columns, and loads values beyond the range of a column', async () => {
    const accountId = newId();
    const wide = {
      model: 'm'.repeat(600),
      errorCode: '€'.repeat(100),
      msTotal: 1e12,
      inputTokens: 1e300,
      cost: '1e9',
    };
    await settle(createRecord({ accountId, ...wide, selector: '😀'.repeat(2000) }));
    const [row] = await loadedRows(accountId, 1);
    expect(row).toMatchObject({ ms_total: 2 ** 31 - 1, cost: null, cost_state: 'unknown' });
    expect(Number(row!['input_tokens'])).toBe(Number.MAX_SAFE_INTEGER);
    expect(String(row!['model'])).toHaveLength(512);
  });

  it('reports its journal in the metrics and is ready', async () => {
    await settle(createRecord({ cost: null, costState: 'unknown' }));
    await eventually('everything is loaded', () => ledger.lagSeconds === 0);
    const { text } = await app.api.get('/metrics');
    expect(text).toMatch(/^caret_usage_journal_lag_seconds 0$/m);
    expect(text).toMatch(/^caret_usage_journal_bytes [1-9]\d+$/m);
    expect(text).toMatch(/^caret_usage_journal_dropped_total 0$/m);
    expect(text).toMatch(/^caret_cost_unknown_total [1-9]\d*$/m);
    expect(text).toMatch(/^caret_usage_journal_write_seconds_count [1-9]\d*$/m);
    expect((await app.api.get('/readyz')).body).toMatchObject({ status: 'ready', usage: 'ok' });
  });

  it('leaves no journal after a shutdown, but one whose attempts have not ended', async () => {
    await app.stop();
    expect(segmentsOf(database)).toEqual([]);
    const places = await queryLedger(database, 'SELECT * FROM usage_journals');
    expect(places).toEqual([]);
    await start();
    const intent = createIntent();
    ledger.intend(intent);
    await settle(createRecord({ accountId: intent.accountId }));
    await app.stop();
    expect(segmentsOf(database)).toHaveLength(1);
    await start();
    const rows = await loadedRows(intent.accountId, 2);
    expect(rows.find(({ id }) => id === intent.id)).toMatchObject({
      status: 'lost',
      usage_source: 'estimated',
      cost_state: 'estimated',
      input_tokens: 200,
      is_final: 1,
    });
    await eventually('the old journal is deleted', () => segmentsOf(database).length === 0);
  });
});

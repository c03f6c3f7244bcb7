import { timestamp, timestampIn } from '../../common/timestamp';
import type { JournalPosition } from '../journal/journal-position';
import { responseKey } from '../response-key';
import type { StoredResponse, UsageRecord } from '../usage-record';
import { EVENT_COLUMNS, toEventRow } from './event-columns';
import { HOURLY_KEY, HOURLY_NAMES, HOURLY_SUMS, hourlyRows } from './hourly-sums';
import type { LoadBatch } from './load-batch';
import type { Parameter, Query, UsageDatabase } from './usage-database';

/** How long a response can be continued by `previous_response_id`. */
const RESPONSE_LIFETIME_MS = 30 * 86_400_000;

/** The most rows of one statement. SQLite keeps a prepared statement of each length. */
const ROWS_PER_STATEMENT = { sqlite: 20, mysql: 500 };

/** Writes the tables of the ledger. Each batch commits with its hourly sums and its place in the journal. */
export class UsageStore {
  constructor(private readonly database: UsageDatabase) {}

  async findPosition(journalId: string): Promise<JournalPosition | null> {
    const sql = 'SELECT segment, byte_offset FROM usage_journals WHERE journal_id = ?';
    const [row] = await this.database.query(sql, [journalId]);
    return row ? { segment: Number(row['segment']), offset: Number(row['byte_offset']) } : null;
  }

  /** Loads a batch. Ignores rows whose ids are stored, so that a repeated batch counts nothing twice. */
  load({ journalId, rows, responses, end }: LoadBatch): Promise<void> {
    return this.database.transaction(async (query) => {
      const added = await this.withoutStored(query, rows);
      await this.insert(query, 'usage_events', EVENT_NAMES, added.map(toEventRow));
      await this.insert(query, 'usage_hourly', HOURLY_COLUMNS, hourlyRows(added), {
        key: HOURLY_KEY,
        update: (column, added) =>
          (HOURLY_NAMES as readonly string[]).includes(column) ? added : `usage_hourly.${column} + ${added}`,
      });
      await this.insert(query, 'upstream_responses', RESPONSE_COLUMNS, responses.map(toResponseRow), {
        key: RESPONSE_COLUMNS.slice(0, 2),
        update: (_column, added) => added,
      });
      const position = [[journalId, end.segment, end.offset, timestamp()]];
      await this.insert(query, 'usage_journals', JOURNAL_COLUMNS, position, {
        key: JOURNAL_COLUMNS.slice(0, 1),
        update: (_column, added) => added,
      });
    });
  }

  /** Deletes the place of a journal whose files are deleted. */
  async forget(journalId: string): Promise<void> {
    await this.database.query('DELETE FROM usage_journals WHERE journal_id = ?', [journalId]);
  }

  async findResponse(accountId: string, responseId: string): Promise<StoredResponse | null> {
    const [row] = await this.database.query(FIND_RESPONSE, [accountId, responseKey(responseId), timestamp()]);
    return row ? toStoredResponse(accountId, responseId, row) : null;
  }

  makeDurable(): Promise<void> {
    return this.database.makeDurable();
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private async withoutStored(query: Query, rows: readonly UsageRecord[]): Promise<UsageRecord[]> {
    const byId = new Map(rows.map((row) => [row.id, row]));
    const ids = [...byId.keys()];
    for (let start = 0; start < ids.length; start += this.rowsPerStatement) {
      const some = ids.slice(start, start + this.rowsPerStatement);
      const stored = await query(
        `SELECT id FROM usage_events WHERE id IN (${listOfMarks(some.length)})`,
        some,
      );
      for (const { id } of stored) byId.delete(String(id));
    }
    return [...byId.values()];
  }

  private get rowsPerStatement(): number {
    return ROWS_PER_STATEMENT[this.database.dialect];
  }

  private async insert(
    query: Query,
    table: string,
    columns: readonly string[],
    rows: readonly (readonly Parameter[])[],
    onConflict: OnConflict | null = null,
  ): Promise<void> {
    const conflict = onConflict === null ? '' : this.conflictClause(columns, onConflict);
    const names = columns.map((column) => `\`${column}\``).join(', ');
    const row = `(${listOfMarks(columns.length)})`;
    for (let start = 0; start < rows.length; start += this.rowsPerStatement) {
      const some = rows.slice(start, start + this.rowsPerStatement);
      const values = row + `, ${row}`.repeat(some.length - 1);
      // `flat` takes several times as long.
      const parameters: Parameter[] = [];
      for (const each of some) parameters.push(...each);
      await query(`INSERT INTO ${table} (${names}) VALUES ${values}${conflict}`, parameters);
    }
  }

  private conflictClause(columns: readonly string[], { key, update }: OnConflict): string {
    const isMysql = this.database.dialect === 'mysql';
    const assignments = columns
      .filter((column) => !key.includes(column))
      .map((column) => `${column} = ${update(column, isMysql ? `VALUES(${column})` : `excluded.${column}`)}`)
      .join(', ');
    return isMysql
      ? ` ON DUPLICATE KEY UPDATE ${assignments}`
      : ` ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${assignments}`;
  }
}

function listOfMarks(count: number): string {
  return `?${', ?'.repeat(count - 1)}`;
}

interface OnConflict {
  readonly key: readonly string[];
  /** The new value of a column. `added` is the value that could not be inserted. */
  readonly update: (column: string, added: string) => string;
}

const EVENT_NAMES = EVENT_COLUMNS.map(({ name }) => name);
const HOURLY_COLUMNS = [...HOURLY_KEY, ...HOURLY_NAMES, ...HOURLY_SUMS];
const JOURNAL_COLUMNS = ['journal_id', 'segment', 'byte_offset', 'updated_at'];
const RESPONSE_COLUMNS = ['account_id', 'response_key', 'provider_id', 'model_id', 'token_id', 'expires_at'];

/** Takes the account, the key of the response and the time. */
export const FIND_RESPONSE =
  'SELECT provider_id, model_id, token_id FROM upstream_responses WHERE account_id = ? AND response_key = ? AND expires_at > ?';

function toResponseRow({ accountId, responseId, providerId, modelId, tokenId }: StoredResponse): string[] {
  return [
    accountId,
    responseKey(responseId),
    providerId,
    modelId,
    tokenId,
    timestampIn(RESPONSE_LIFETIME_MS),
  ];
}

export function toStoredResponse(
  accountId: string,
  responseId: string,
  row: Readonly<Record<string, unknown>>,
): StoredResponse {
  const [providerId, modelId, tokenId] = ['provider_id', 'model_id', 'token_id'].map((name) =>
    String(row[name]),
  );
  return { accountId, responseId, providerId: providerId!, modelId: modelId!, tokenId: tokenId! };
}

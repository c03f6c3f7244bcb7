import type { Json } from '../clients/api-client';
import type { TestDatabase } from '../database/database';

/** The counters in a row of `accounts`. */
export interface AccountCounters {
  readonly providers: number;
  readonly models: number;
  readonly bytes: number;
}

/** The texts that count, and those that are subtracted: a sealed text counts without the id of its key. */
const COUNTED: Readonly<Record<string, readonly [added: string[], subtracted: string[]]>> = {
  providers: [
    ['name', 'base_url', 'advanced_json', 'sealed_api_key', 'sealed_headers'],
    ['encryption_key_id', 'headers_key_id'],
  ],
  provider_models: [
    ['model', 'aliases', 'tags', 'when_json', 'advanced_json', 'pricing', 'sealed_headers'],
    ['headers_key_id'],
  ],
  idempotency_keys: [['response'], []],
  idempotency_response_parts: [['content'], []],
};

export function countersOf(account: Json): AccountCounters {
  return {
    providers: Number(account.provider_count),
    models: Number(account.model_count),
    bytes: Number(account.registry_bytes),
  };
}

/** Counts the rows of each account and the bytes of their texts, without the stored counters. */
export async function recountAccounts(database: TestDatabase): Promise<Map<string, AccountCounters>> {
  const rows = new Map<string, Json[]>();
  for (const table of Object.keys(COUNTED)) rows.set(table, await database.query(select(table)));
  const accounts = await database.query<Json>('SELECT id FROM accounts');
  return new Map(
    accounts.map(({ id }) => {
      const own = (table: string) => rows.get(table)!.filter((row) => row.account_id === id);
      const bytes = Object.keys(COUNTED).flatMap((table) => own(table).map((row) => bytesOf(table, row)));
      const counters = {
        providers: own('providers').length,
        models: own('provider_models').length,
        bytes: bytes.reduce((sum, each) => sum + each, 0),
      };
      return [id, counters];
    }),
  );
}

/** A part belongs to the account of its key. */
function select(table: string): string {
  return table === 'idempotency_response_parts'
    ? `SELECT part.*, owner.account_id FROM ${table} part JOIN idempotency_keys owner ON owner.id = part.key_id`
    : `SELECT * FROM ${table}`;
}

function bytesOf(table: string, row: Json): number {
  const [added, subtracted] = COUNTED[table]!;
  const sum = (columns: string[]) =>
    columns.reduce((total, column) => total + Buffer.byteLength(row[column] ?? ''), 0);
  return sum(added) - sum(subtracted);
}

import type { TestDatabase } from './database';

const TABLES = ['accounts', 'api_tokens', 'providers', 'provider_models', 'audit_events', 'idempotency_keys'];

/** All that accounts have stored, as one text to compare; but for when a token was last used, which any call may move. */
export async function accountRows(database: TestDatabase): Promise<string> {
  const rows = await Promise.all(TABLES.map((table) => database.query(`SELECT * FROM ${table} ORDER BY 1`)));
  return JSON.stringify(rows, (name, value: unknown) => (name === 'last_used_at' ? undefined : value));
}

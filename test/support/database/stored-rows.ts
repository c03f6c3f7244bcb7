import type { TestDatabase } from './database';

const TABLES = [
  'accounts',
  'api_tokens',
  'providers',
  'provider_models',
  // Denied requests are written up to a minute later.
  "audit_events WHERE action NOT LIKE 'auth.%'",
  'idempotency_keys',
];

/** Returns all rows of all accounts as one text to compare. Omits `last_used_at`, which any call may change. */
export async function accountRows(database: TestDatabase): Promise<string> {
  const rows = await Promise.all(TABLES.map((table) => database.query(`SELECT * FROM ${table} ORDER BY 1`)));
  return JSON.stringify(rows, (name, value: unknown) => (name === 'last_used_at' ? undefined : value));
}

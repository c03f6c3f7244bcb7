import type { SqliteDatabase } from '../../database/sqlite-driver';
import { HOURLY_KEY, LATENCY_BOUNDS_MS } from './hourly-sums';

/** The statements that lead from one `user_version` to the next. Only add to the end. */
const VERSIONS: readonly string[] = [
  `CREATE TABLE usage_events (
     id TEXT NOT NULL PRIMARY KEY, account_id TEXT NOT NULL, request_id TEXT NOT NULL, client_request_id TEXT,
     attempt INTEGER NOT NULL, is_final INTEGER NOT NULL, token_id TEXT NOT NULL, token_name TEXT NOT NULL,
     provider_id TEXT, provider_name TEXT, model_id TEXT, model TEXT, upstream_model TEXT, selector TEXT,
     endpoint TEXT NOT NULL, protocol_in TEXT NOT NULL, protocol_out TEXT, stream INTEGER NOT NULL,
     status TEXT NOT NULL, http_status INTEGER, error_code TEXT, input_tokens INTEGER, output_tokens INTEGER,
     cache_write_tokens INTEGER, cache_read_tokens INTEGER, reasoning_tokens INTEGER, usage_source TEXT NOT NULL,
     usage TEXT, cost NUMERIC, cost_state TEXT NOT NULL, multiplier NUMERIC, revision INTEGER,
     upstream_request_id TEXT, upstream_response_id TEXT, started_at TEXT NOT NULL, ms_first_byte INTEGER,
     ms_first_content INTEGER, ms_total INTEGER NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
     tags TEXT, warnings TEXT
   ) WITHOUT ROWID;
   CREATE INDEX ix_usage_events_final ON usage_events (account_id, is_final, id);
   CREATE INDEX ix_usage_events_request ON usage_events (account_id, request_id);
   CREATE TABLE usage_hourly (
     ${HOURLY_KEY.map((name) => `${name} TEXT NOT NULL`).join(', ')},
     provider_name TEXT NOT NULL, model TEXT NOT NULL, token_name TEXT NOT NULL, requests INTEGER NOT NULL,
     attempts INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
     cache_write_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL,
     cost NUMERIC NOT NULL, cost_estimated NUMERIC NOT NULL, cost_unknown INTEGER NOT NULL,
     ${LATENCY_BOUNDS_MS.map((bound) => `ms_${bound} INTEGER NOT NULL`).join(', ')},
     PRIMARY KEY (${HOURLY_KEY.join(', ')})
   ) WITHOUT ROWID;
   CREATE INDEX ix_usage_hourly_hour ON usage_hourly (hour);
   CREATE TABLE usage_journals (
     journal_id TEXT NOT NULL PRIMARY KEY, segment INTEGER NOT NULL, byte_offset INTEGER NOT NULL,
     updated_at TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE upstream_responses (
     account_id TEXT NOT NULL, response_key TEXT NOT NULL, provider_id TEXT NOT NULL, model_id TEXT NOT NULL,
     token_id TEXT NOT NULL, expires_at TEXT NOT NULL, PRIMARY KEY (account_id, response_key)
   ) WITHOUT ROWID;
   CREATE INDEX ix_upstream_responses_expiry ON upstream_responses (expires_at);`,
];

export const USAGE_FILE_VERSION = VERSIONS.length;

/** Creates or migrates the tables of a ledger. Throws for a file of a newer version. */
export function migrateUsageFile(database: SqliteDatabase): void {
  const [row] = database.pragma('user_version');
  const current = Number(row?.['user_version']);
  if (current > VERSIONS.length) throw new Error('The ledger was written by a newer version of Caret.');
  for (const [index, sql] of VERSIONS.entries()) {
    if (index < current) continue;
    database.exec(`BEGIN IMMEDIATE;\n${sql}\nPRAGMA user_version = ${index + 1};\nCOMMIT;`);
  }
}

import type { Row, TestDatabase } from '../database/database';
import { queryLedger } from '../usage/query-ledger';

/** A row of `usage_events`, with the names of its columns. */
export type UsageRow = Row;

/** Returns every row of the ledger, oldest first. */
export function readUsageRows(database: TestDatabase): Promise<UsageRow[]> {
  return queryLedger(database, 'SELECT * FROM usage_events ORDER BY id');
}

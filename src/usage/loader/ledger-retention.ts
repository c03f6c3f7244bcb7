import { timestampIn, wallClock } from '../../common/timestamp';
import type { UsageDatabase } from './usage-database';

/** The most rows that one statement deletes, so that no other statement waits long. */
const SLICE = 5000;

const DAY_MS = 86_400_000;
const INTERVAL_MS = 3_600_000;

/** How long hourly sums and places in journals are kept: 25 months. */
const SUMS_MS = 760 * DAY_MS;

/** Deletes old rows of the ledger once per hour, a slice at a time. */
export class LedgerRetention {
  private dueAtMs = 0;
  private isDeleting = false;

  /** `retentionDays` is 0 to keep rows forever. */
  constructor(
    private readonly database: UsageDatabase,
    private readonly retentionDays: number,
  ) {}

  /** Deletes at most one slice of rows. Returns whether there are more to delete now. */
  async deleteNext(): Promise<boolean> {
    if (!this.isDeleting) {
      if (performance.now() < this.dueAtMs) return false;
      await this.deleteSums();
      this.dueAtMs = performance.now() + INTERVAL_MS;
    }
    this.isDeleting = this.retentionDays > 0 && (await this.deleteSlice());
    return this.isDeleting;
  }

  private async deleteSlice(): Promise<boolean> {
    const before = firstIdOf(wallClock() - this.retentionDays * DAY_MS);
    const find = 'SELECT id FROM usage_events WHERE id < ? ORDER BY id LIMIT 1';
    const [oldest] = await this.database.query(find, [before]);
    if (oldest === undefined) return false;
    const slice =
      this.database.dialect === 'mysql'
        ? `id < ? ORDER BY id LIMIT ${SLICE}`
        : `id IN (SELECT id FROM usage_events WHERE id < ? ORDER BY id LIMIT ${SLICE})`;
    await this.database.query(`DELETE FROM usage_events WHERE ${slice}`, [before]);
    return true;
  }

  private async deleteSums(): Promise<void> {
    const { query } = this.database;
    await query('DELETE FROM usage_hourly WHERE hour < ?', [timestampIn(-SUMS_MS)]);
    await query('DELETE FROM usage_journals WHERE updated_at < ?', [timestampIn(-SUMS_MS)]);
    await query('DELETE FROM upstream_responses WHERE expires_at < ?', [timestampIn(0)]);
  }
}

/**
 * Returns a text that sorts before every UUIDv7 of a time or later. A UUIDv7 begins with its milliseconds (RFC 9562,
 * section 5.7).
 */
function firstIdOf(epochMs: number): string {
  const digits = Math.max(0, epochMs).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}

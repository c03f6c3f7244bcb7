import { MEBIBYTE } from './quotas';
import { integer, oneOf, type Parser } from './variable-parsers';

export const USAGE_DURABILITIES = ['crash', 'power'] as const;
export const USAGE_WHEN_FULL = ['serve', 'refuse'] as const;

/** How calls of the gateway are recorded. */
export interface UsageConfig {
  /**
   * USAGE_DURABILITY: `crash` (default) loses no row when the process is killed. With `power`, the last byte of a response
   * waits for a sync of the disk, for at most 250 ms.
   */
  readonly durability: (typeof USAGE_DURABILITIES)[number];
  /** USAGE_JOURNAL_MAX_MB, in bytes: rows that are not in the database yet. Default 1024 MiB. */
  readonly journalMaxBytes: number;
  /** USAGE_WHEN_FULL: `serve` (default) drops and counts rows while the journal is full, `refuse` rejects calls. */
  readonly whenFull: (typeof USAGE_WHEN_FULL)[number];
  /** USAGE_RETENTION_DAYS: days until rows are deleted. Default 90. 0 keeps them forever. */
  readonly retentionDays: number;
}

export function readUsageConfig(read: <T>(name: string, fallback: T, parse: Parser<T>) => T): UsageConfig {
  return {
    durability: read('USAGE_DURABILITY', 'crash', oneOf(USAGE_DURABILITIES)),
    journalMaxBytes: read('USAGE_JOURNAL_MAX_MB', 1024, integer(1, 1_000_000)) * MEBIBYTE,
    whenFull: read('USAGE_WHEN_FULL', 'serve', oneOf(USAGE_WHEN_FULL)),
    retentionDays: read('USAGE_RETENTION_DAYS', 90, integer(0, 100_000)),
  };
}

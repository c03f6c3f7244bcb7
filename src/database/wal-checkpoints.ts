import { Logger } from '@nestjs/common';
import { ErrorEntry } from '../observability/error-entry';
import { SqliteDatabase } from './sqlite-driver';

const INTERVAL_MS = 5000;

/**
 * Moves committed writes of an embedded database from its write-ahead log into its file every five seconds. SQLite does
 * so by itself only after 1000 pages of writes, so a copy of the file alone could lack hours of them.
 *
 * A checkpoint is passive: it waits for no reader or writer, and does nothing if there is nothing to move. It has a
 * connection of its own, so that it does not queue with requests.
 */
export class WalCheckpoints {
  private readonly logger = new Logger('Database');
  private readonly database: SqliteDatabase;
  private readonly timer: NodeJS.Timeout;
  private isFailing = false;

  constructor(file: string) {
    this.database = new SqliteDatabase(file);
    this.timer = setInterval(() => this.run(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.database.close();
  }

  /** Logs the first of several failures in a row. The writes are safe in the log, and the next run tries again. */
  private run(): void {
    try {
      this.database.pragma('wal_checkpoint(PASSIVE)');
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(new ErrorEntry('A checkpoint failed.', error));
      this.isFailing = true;
    }
  }
}

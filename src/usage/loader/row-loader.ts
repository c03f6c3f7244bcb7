import { isRejectedValue } from '../../database/database-errors';
import type { LoadBatch } from './load-batch';
import type { SetAside } from './set-aside';
import type { UsageStore } from './usage-store';

/** Loads batches, and sets aside each row that the database rejects, so that no row delays the others. */
export class RowLoader {
  constructor(
    private readonly store: UsageStore,
    private readonly setAside: SetAside,
  ) {}

  /** Throws if the database takes nothing now. */
  async load(batch: LoadBatch): Promise<void> {
    try {
      await this.store.load(batch);
    } catch (error) {
      if (!isRejectedValue(error) && !isMalformed(error)) throw error;
      await this.loadHalves(batch);
    }
  }

  private async loadHalves(batch: LoadBatch): Promise<void> {
    const { rows, responses } = batch;
    const count = rows.length + responses.length;
    if (count <= 1) {
      this.setAside.add('row', JSON.stringify([...rows, ...responses]));
      return this.store.load({ ...batch, rows: [], responses: [] });
    }
    const half = Math.ceil(count / 2);
    const split = Math.max(0, half - rows.length);
    // Only the second half moves the position.
    const end = (await this.store.findPosition(batch.journalId)) ?? { segment: 0, offset: 0 };
    await this.load({ ...batch, rows: rows.slice(0, half), responses: responses.slice(0, split), end });
    await this.load({ ...batch, rows: rows.slice(half), responses: responses.slice(split) });
  }
}

/** Whether a record lacks a field, so that it cannot become a row. */
function isMalformed(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

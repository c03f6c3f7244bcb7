import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalPosition } from '../journal/journal-position';
import { segmentName } from '../journal/segment-name';
import { MAX_ROWS, toLoadBatch } from './load-batch';
import type { RowLoader } from './row-loader';
import { type ReadLines, readLines } from './segment-reader';
import type { SetAside } from './set-aside';
import type { UsageStore } from './usage-store';

const FIRST: JournalPosition = { segment: 1, offset: 0 };

/** Loads the journal that this process writes, and deletes its loaded segments. */
export class LiveJournal {
  /** What is loaded. Null before it is read from the database, and after an error. */
  private position: JournalPosition | null = null;

  constructor(
    private readonly directory: string,
    private readonly journalId: string,
    private readonly store: UsageStore,
    private readonly rows: RowLoader,
    private readonly setAside: SetAside,
    private readonly onDeleted: (bytes: number) => void,
  ) {}

  get loaded(): JournalPosition {
    return this.position ?? FIRST;
  }

  /** Loads at most one batch. Returns whether there may be more. */
  async loadNext(): Promise<boolean> {
    this.position ??= (await this.store.findPosition(this.journalId)) ?? FIRST;
    const path = this.pathOf(this.position.segment);
    if (!existsSync(path)) return this.moveOn();
    // Only a process that has ended leaves intents to load.
    const read = readLines(path, this.position, MAX_ROWS, true);
    if (read.end.offset === this.position.offset) return this.deleteLoaded(path);
    await this.load(read);
    return !read.isAtEnd;
  }

  /** Deletes what is left of the journal after the process has loaded everything. */
  async delete(): Promise<void> {
    await this.store.makeDurable();
    for (let number = this.loaded.segment; existsSync(this.pathOf(number)); number++)
      rmSync(this.pathOf(number));
    await this.store.forget(this.journalId);
  }

  private async load(read: ReadLines): Promise<void> {
    const batch = toLoadBatch(this.journalId, read);
    // An error may hide that the transaction was committed, so the position is then read again.
    this.position = null;
    if (batch.rows.length + batch.responses.length > 0) await this.rows.load(batch);
    this.position = read.end;
    for (const text of read.rejected) this.setAside.add('line', text);
  }

  /** Deletes a segment that is loaded if there is a next one. The old one has got its last line then. */
  private async deleteLoaded(path: string): Promise<boolean> {
    const { segment, offset } = this.loaded;
    if (!existsSync(this.pathOf(segment + 1))) return false;
    // The last lines may have been written since the last read.
    if (readLines(path, this.loaded, 1).end.offset > offset) return true;
    await this.store.makeDurable();
    const { size } = statSync(path);
    rmSync(path);
    this.onDeleted(size);
    return this.moveOn();
  }

  private moveOn(): boolean {
    const next = { segment: this.loaded.segment + 1, offset: 0 };
    if (!existsSync(this.pathOf(next.segment))) return false;
    this.position = next;
    return true;
  }

  private pathOf(segment: number): string {
    return join(this.directory, segmentName(this.journalId, segment));
  }
}

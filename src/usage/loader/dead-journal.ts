import { rmSync } from 'node:fs';
import { isBefore, type JournalPosition } from '../journal/journal-position';
import type { AttemptIntent } from '../usage-record';
import type { JournalSegment } from './journal-files';
import { MAX_ROWS, toLoadBatch } from './load-batch';
import { lostAttempt } from './lost-attempts';
import type { RowLoader } from './row-loader';
import { type ReadLines, readHeader, readLines, readTail } from './segment-reader';
import type { SetAside } from './set-aside';
import type { UsageStore } from './usage-store';

/** Loads the journal of a process that has ended, and deletes it. Attempts without an end become rows that are `lost`. */
export class DeadJournal {
  private readonly open = new Map<string, AttemptIntent>();

  constructor(
    private readonly journalId: string,
    private readonly segments: readonly JournalSegment[],
    private readonly store: UsageStore,
    private readonly rows: RowLoader,
    private readonly setAside: SetAside,
  ) {}

  /** Leaves a journal of an unknown version alone. Runs `afterBatch` after each batch. Throws if the database fails. */
  async load(afterBatch: () => Promise<void>): Promise<void> {
    if (this.segments.some(({ path }) => readHeader(path) === false)) {
      this.setAside.add('version', this.journalId);
      return;
    }
    this.open.clear();
    const loaded = (await this.store.findPosition(this.journalId)) ?? { segment: 0, offset: 0 };
    for (const segment of this.segments) await this.loadSegment(segment, loaded, afterBatch);
    await this.loadLost();
    await this.store.makeDurable();
    for (const { path } of this.segments) rmSync(path, { force: true });
    await this.store.forget(this.journalId);
  }

  private async loadSegment(
    { number, path }: JournalSegment,
    loaded: JournalPosition,
    afterBatch: () => Promise<void>,
  ): Promise<void> {
    let position: JournalPosition = { segment: number, offset: 0 };
    for (;;) {
      const read = readLines(path, position, MAX_ROWS);
      if (read.end.offset === position.offset) break;
      await this.loadLines(read, loaded);
      position = read.end;
      await afterBatch();
    }
    const tail = readTail(path, position.offset);
    if (tail !== '') this.setAside.add('torn', tail);
  }

  /** Reads every line again for its intents, and loads those that are not loaded. */
  private async loadLines(read: ReadLines, loaded: JournalPosition): Promise<void> {
    for (const { line } of read.lines) {
      if ('intent' in line) this.open.set(line.intent.id, line.intent);
      else if ('settle' in line) this.open.delete(line.settle.id);
    }
    const lines = read.lines.filter(({ end }) => isBefore(loaded, end));
    const batch = toLoadBatch(this.journalId, { lines, end: read.end });
    if (batch.rows.length + batch.responses.length > 0) await this.rows.load(batch);
    if (isBefore(loaded, read.end)) for (const text of read.rejected) this.setAside.add('line', text);
  }

  private async loadLost(): Promise<void> {
    const rows = [...this.open.values()].map(lostAttempt);
    const end = { segment: this.segments.at(-1)?.number ?? 0, offset: this.segments.at(-1)?.bytes ?? 0 };
    for (let start = 0; start < rows.length; start += MAX_ROWS) {
      const some = rows.slice(start, start + MAX_ROWS);
      await this.rows.load({ journalId: this.journalId, rows: some, responses: [], end });
    }
  }
}

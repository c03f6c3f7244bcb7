import { isBefore, type JournalPosition } from './journal-position';

/** Writes within this time share a mark, in milliseconds. */
const RESOLUTION_MS = 100;
/** Beyond this number, every second mark is dropped. */
const MAX_MARKS = 4096;

/** Measures how long the oldest line that is not in the database yet has waited. */
export class JournalLag {
  /** Ends of writes and their times, oldest first. A line is not younger than the mark of its write. */
  private marks: { position: JournalPosition; readonly atMs: number }[] = [];

  noteWritten(position: JournalPosition): void {
    const now = performance.now();
    const last = this.marks.at(-1);
    if (last !== undefined && now - last.atMs < RESOLUTION_MS) last.position = position;
    else this.marks.push({ position, atMs: now });
    if (this.marks.length > MAX_MARKS) this.marks = this.marks.filter((_, index) => index % 2 === 0);
  }

  noteLoaded(position: JournalPosition): void {
    let count = 0;
    while (count < this.marks.length && !isBefore(position, this.marks[count]!.position)) count += 1;
    if (count > 0) this.marks.splice(0, count);
  }

  get seconds(): number {
    const oldest = this.marks[0];
    return oldest === undefined ? 0 : (performance.now() - oldest.atMs) / 1000;
  }
}

import { closeSync, fdatasync, ftruncateSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';

/** The calls of the file system that a segment needs. Tests replace some of them. */
export const SEGMENT_CALLS = {
  closeSync,
  fdatasync,
  ftruncateSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
};

/** The end of the name of a segment that does not have its first lines yet. */
export const DRAFT_ENDING = '.draft';

export type SegmentCalls = typeof SEGMENT_CALLS;

/** One file of a journal, which this process appends to. It always ends at the end of a line. */
export class SegmentFile {
  /** The size of the file. */
  bytes = 0;
  private readonly descriptor: number;
  private isRetired = false;
  private isClosed = false;
  /** Whether it has bytes that no sync includes. */
  private isDirty = false;
  private syncs = 0;

  private constructor(
    readonly number: number,
    path: string,
    private readonly calls: SegmentCalls,
  ) {
    // Closed by `retire`. Appends, so that nothing is overwritten after a cut.
    this.descriptor = calls.openSync(path, 'a', 0o600);
  }

  /**
   * Creates a file with these first lines. Renames it from a draft when it has them, because the loader deletes the
   * previous segment as soon as this one exists. Throws the error of the file system, and leaves no file then.
   */
  static create(number: number, path: string, lines: Buffer, calls: SegmentCalls): SegmentFile {
    const draft = `${path}${DRAFT_ENDING}`;
    const segment = new SegmentFile(number, draft, calls);
    try {
      segment.append(lines);
      calls.renameSync(draft, path);
      return segment;
    } catch (error) {
      segment.retire();
      calls.unlinkSync(draft);
      throw error;
    }
  }

  /**
   * Appends whole lines. If a write fails, cuts the file back to its last whole line and throws the error. If that fails
   * too, throws {@link TornSegmentError}: nothing may be appended to the file any more.
   */
  append(lines: Buffer): void {
    let written = 0;
    try {
      while (written < lines.length)
        written += this.calls.writeSync(this.descriptor, lines, written, lines.length - written, null);
    } catch (error) {
      this.cutBack(error);
      throw error;
    }
    this.bytes += lines.length;
    this.isDirty = true;
  }

  /** Flushes the file to the disk in the thread pool. */
  sync(done: (error: Error | null) => void): void {
    this.isDirty = false;
    this.syncs += 1;
    this.calls.fdatasync(this.descriptor, (error) => {
      this.syncs -= 1;
      this.closeIfIdle();
      done(error);
    });
  }

  /** Closes the file after its last sync. Nothing is appended any more. */
  retire(): void {
    this.isRetired = true;
    this.closeIfIdle();
  }

  private closeIfIdle(): void {
    if (!this.isRetired || this.isClosed || this.isDirty || this.syncs > 0) return;
    this.isClosed = true;
    this.calls.closeSync(this.descriptor);
  }

  private cutBack(cause: unknown): void {
    try {
      this.calls.ftruncateSync(this.descriptor, this.bytes);
    } catch {
      throw new TornSegmentError(cause);
    }
  }
}

/** A segment whose last line is torn and cannot be cut off. */
export class TornSegmentError extends Error {
  constructor(cause: unknown) {
    super('A torn line of the usage journal cannot be cut off.', { cause });
  }
}

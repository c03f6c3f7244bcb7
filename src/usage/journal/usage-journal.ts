import { join } from 'node:path';
import type { UsageConfig } from '../../config/usage-config';
import type { AttemptIntent, AttemptOutcome, StoredResponse } from '../usage-record';
import { JournalLag } from './journal-lag';
import { headerLine, intentLine, responseLine, settleLine } from './journal-line';
import type { JournalPosition } from './journal-position';
import { SEGMENT_CALLS, type SegmentCalls, SegmentFile, TornSegmentError } from './segment-file';
import { segmentName } from './segment-name';
import { SegmentSync } from './segment-sync';

const MAX_SEGMENT_BYTES = 2 ** 24;

/** The most characters that wait in memory while the disk is full. */
const MAX_WAITING_CHARACTERS = 2 ** 24;

/** How soon a failed write is tried again, in milliseconds. */
const RETRY_MS = 250;

export interface JournalOptions extends UsageConfig {
  readonly directory: string;
  readonly journalId: string;
  /** Called after lines have been written. */
  readonly onWritten?: (position: JournalPosition) => void;
  /** Observes the seconds of a write. */
  readonly onWriteTime?: (seconds: number) => void;
  /** Called for the first of several failed writes in a row, and with null when a write succeeds again. */
  readonly onState?: (error: unknown) => void;
  readonly calls?: SegmentCalls;
}

/**
 * The journal of this process: files that lines are appended to. All lines of one turn of the event loop go out in one
 * write, and their callbacks run after it. The loader copies the lines to the database.
 */
export class UsageJournal {
  /** Rows and stored responses that were not written because the journal was full. */
  dropped = 0;
  /** When a row was last dropped, by the monotonic clock. */
  droppedAtMs = -Infinity;
  readonly lag = new JournalLag();
  private readonly sync = new SegmentSync();
  /** The intents of attempts that have not ended, as JSON by their ids. */
  private readonly open = new Map<string, string>();
  private readonly segmentBytes: number;
  private readonly calls: SegmentCalls;
  private segment: SegmentFile | null = null;
  private lines: string[] = [];
  private characters = 0;
  private callbacks: (() => void)[] = [];
  private isScheduled = false;
  private nextSegment = 1;
  private diskBytes = 0;
  private retryAtMs = 0;
  private retry: NodeJS.Timeout | null = null;

  constructor(private readonly options: JournalOptions) {
    this.calls = options.calls ?? SEGMENT_CALLS;
    this.segmentBytes = Math.min(MAX_SEGMENT_BYTES, options.journalMaxBytes / 4);
  }

  /** The bytes of all segments and of the lines that wait in memory. */
  get bytes(): number {
    return this.diskBytes + this.characters;
  }

  /** Attempts that have not ended. */
  get openAttempts(): number {
    return this.open.size;
  }

  /** Responses that did not wait for the sync of their row, with USAGE_DURABILITY=power. */
  get unsynced(): number {
    return this.sync.unsynced;
  }

  /** Whether the journal has reached its size, or the disk is full. */
  get isFull(): boolean {
    return this.retryAtMs > 0 || this.diskBytes >= this.options.journalMaxBytes;
  }

  intend(intent: AttemptIntent): void {
    const json = JSON.stringify(intent);
    this.open.set(intent.id, json);
    this.append(intentLine(json));
  }

  /** `onWritten` runs after the write, also if it failed. With USAGE_DURABILITY=power it waits for a sync. */
  settle(intent: AttemptIntent, outcome: AttemptOutcome, onWritten: () => void): void {
    const json = this.open.get(intent.id) ?? JSON.stringify(intent);
    this.open.delete(intent.id);
    this.callbacks.push(onWritten);
    if (!this.append(settleLine(intent, json, outcome))) this.countDropped();
  }

  /** Returns false if the response is dropped. */
  storeResponse(response: StoredResponse): boolean {
    const isAppended = this.append(responseLine(response));
    if (!isAppended) this.countDropped();
    return isAppended;
  }

  /** Forgets a segment that was loaded and deleted. */
  forget(bytes: number): void {
    this.diskBytes -= bytes;
  }

  /** Writes what is left and closes the file. */
  close(): void {
    this.retryAtMs = 0;
    if (this.retry) clearTimeout(this.retry);
    this.flush();
    this.segment?.retire();
    this.segment = null;
    this.sync.stop();
  }

  private append(line: string): boolean {
    this.schedule();
    const { journalMaxBytes, whenFull } = this.options;
    if (whenFull === 'serve' && this.diskBytes >= journalMaxBytes) return false;
    if (this.characters + line.length > MAX_WAITING_CHARACTERS) return false;
    this.lines.push(line);
    this.characters += line.length;
    return true;
  }

  private countDropped(): void {
    this.dropped += 1;
    this.droppedAtMs = performance.now();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.isScheduled = false;
    const { callbacks } = this;
    this.callbacks = [];
    const isWritten = this.lines.length > 0 && this.retryAtMs <= performance.now() && this.tryWrite();
    if (isWritten && this.options.durability === 'power') this.sync.whenSynced(callbacks);
    else for (const callback of callbacks) callback();
  }

  /** Returns false if the disk takes no more. The lines then wait, and are written first when it does. */
  private tryWrite(): boolean {
    const startedAtMs = performance.now();
    try {
      const bytes = Buffer.from(this.lines.join(''));
      if (this.segment === null) this.segment = this.createSegment(bytes);
      else this.appendTo(this.segment, bytes);
    } catch (error) {
      this.fail(error);
      return false;
    }
    this.lines = [];
    this.characters = 0;
    if (this.retryAtMs > 0) this.options.onState?.(null);
    this.retryAtMs = 0;
    this.options.onWriteTime?.((performance.now() - startedAtMs) / 1000);
    this.notify(this.segment);
    if (this.segment.bytes >= this.segmentBytes) this.rotate(this.segment);
    return true;
  }

  private appendTo(segment: SegmentFile, bytes: Buffer): void {
    try {
      segment.append(bytes);
    } catch (error) {
      // Lines of the torn segment may be repeated in the next one. The loader knows rows by their ids.
      if (error instanceof TornSegmentError) this.retire(segment);
      throw error;
    }
    this.diskBytes += bytes.length;
  }

  private notify(segment: SegmentFile): void {
    this.sync.markDirty(segment);
    const position = { segment: segment.number, offset: segment.bytes };
    this.lag.noteWritten(position);
    this.options.onWritten?.(position);
  }

  /** Begins a new segment with the attempts that have not ended, so that the old one can be deleted once it is loaded. */
  private rotate(full: SegmentFile): void {
    try {
      this.segment = this.createSegment(Buffer.alloc(0));
      full.retire();
      this.notify(this.segment);
    } catch {
      // The disk is full. The next write continues with the old segment and tries again.
    }
  }

  private retire(segment: SegmentFile): void {
    segment.retire();
    this.segment = null;
  }

  private createSegment(lines: Buffer): SegmentFile {
    const { directory, journalId } = this.options;
    const number = this.nextSegment;
    const path = join(directory, segmentName(journalId, number));
    // The first segment has its intents in `lines`.
    const intents = number === 1 ? [] : [...this.open.values()];
    const head = Buffer.from(headerLine(journalId, number) + intents.map(intentLine).join(''));
    const segment = SegmentFile.create(number, path, Buffer.concat([head, lines]), this.calls);
    this.nextSegment += 1;
    this.diskBytes += segment.bytes;
    return segment;
  }

  private fail(error: unknown): void {
    if (this.retryAtMs === 0) this.options.onState?.(error);
    this.retryAtMs = performance.now() + RETRY_MS;
    this.retry ??= setTimeout(() => {
      this.retry = null;
      this.flush();
    }, RETRY_MS + 1);
  }
}

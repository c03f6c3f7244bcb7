import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { newId } from '../common/ids';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { DatabaseService } from '../database/database.service';
import { ErrorEntry } from '../observability/error-entry';
import { LabelledHistogram } from '../observability/labelled-histogram';
import type { JournalPosition } from './journal/journal-position';
import { journalRoot, type JournalSlots, takeSlots } from './journal/journal-slots';
import { UsageJournal } from './journal/usage-journal';
import type { LoaderEvent } from './loader/loader-messages';
import { LoaderThread } from './loader/loader-thread';
import type { SetAsideReason } from './loader/set-aside';
import { PendingResponses } from './pending-responses';
import { StoredResponsesRepository } from './stored-responses.repository';
import { usageFileOf } from './usage-file';
import type { AttemptIntent, AttemptOutcome, StoredResponse } from './usage-record';

/** Pause after a failed start of the journal, in milliseconds. */
const RETRY_MS = 10_000;

/** How long a dropped row keeps the ledger degraded, in milliseconds. */
const DEGRADED_MS = 60_000;

/** The journal of this process and the thread that loads it. */
interface Writing {
  readonly journal: UsageJournal;
  readonly thread: LoaderThread;
  readonly slots: JournalSlots;
}

/**
 * Records every attempt that a vendor may bill, and which upstream stored a response. The records go to a journal, and from
 * there to the database. So no call waits for the database or fails with it.
 */
@Injectable()
export class UsageLedger implements OnModuleInit, OnApplicationShutdown {
  /** Rows whose cost is unknown. */
  unknownCosts = 0;
  /** What could not be loaded, by reason. */
  setAside: ReadonlyMap<SetAsideReason, number> = new Map();
  readonly writeTimes = new LabelledHistogram({
    name: 'caret_usage_journal_write_seconds',
    help: 'Duration of the writes to the usage journal.',
    buckets: [0.00001, 0.0001, 0.001, 0.01, 0.1, 1],
  });
  private readonly logger = new Logger('Usage');
  private readonly pending = new PendingResponses();
  private readonly observeWrite = this.writeTimes.addSeries({});
  private writing: Writing | null = null;
  private isStarted = false;
  private isStopped = false;
  private isDatabaseReady = false;
  private retry: NodeJS.Timeout | undefined;
  /** Rows that were dropped while there was no journal. */
  private droppedBefore = 0;
  private droppedAtMs = -Infinity;

  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly database: DatabaseService,
    private readonly storedResponses: StoredResponsesRepository,
  ) {}

  onModuleInit(): void {
    this.database.onStart(() => {
      this.isDatabaseReady = true;
      this.startOldJournals();
      return Promise.resolve();
    });
  }

  /** Opens the journal. If that fails, drops and counts rows, and tries again later. */
  async start(): Promise<void> {
    this.isStarted = true;
    try {
      this.writing = this.createWriting(await takeSlots(journalRoot(this.config)));
      this.startOldJournals();
    } catch (error) {
      this.logger.error(
        new ErrorEntry('The usage journal cannot be created in DATA_DIR. No usage is recorded.', error),
      );
      if (!this.isStopped) this.retry = setTimeout(() => void this.start(), RETRY_MS).unref();
    }
  }

  /** Records that an attempt is being sent. The line is written at the end of this turn of the event loop. */
  intend(intent: AttemptIntent): void {
    this.writing?.journal.intend(intent);
  }

  /** Records how an attempt ended. `onWritten` runs after the write, also if it failed. It must not throw. */
  settle(intent: AttemptIntent, outcome: AttemptOutcome, onWritten: () => void): void {
    if (outcome.costState === 'unknown') this.unknownCosts += 1;
    if (this.writing !== null) return this.writing.journal.settle(intent, outcome, onWritten);
    this.countDropped();
    setImmediate(onWritten);
  }

  /** Records which upstream stored a response, so that `previous_response_id` finds it. */
  storeResponse(stored: StoredResponse): void {
    if (this.writing === null) return this.countDropped();
    if (this.writing.journal.storeResponse(stored)) this.pending.add(stored);
  }

  /** Resolves when other replicas can find the response, and after 250 ms in any case. */
  whenResponsesStored(responseId: string): Promise<void> {
    return this.pending.whenLoaded(responseId);
  }

  /**
   * Returns null for an unknown response.
   * @throws DomainError 503 while the database is unavailable.
   */
  async findStoredResponse(accountId: string, responseId: string): Promise<StoredResponse | null> {
    const pending = this.pending.find(accountId, responseId);
    if (pending !== null) return pending;
    const { usageFile } = this;
    if (usageFile === null) return this.storedResponses.find(accountId, responseId);
    if (this.writing === null || !existsSync(usageFile)) return null;
    return this.writing.thread.findResponse(accountId, responseId);
  }

  /** Returns false if calls must be rejected because their rows could not be kept. */
  mayAccept(): boolean {
    return this.config.usage.whenFull === 'serve' || (this.writing !== null && !this.writing.journal.isFull);
  }

  /** Whether rows are dropped, were dropped recently, or wait because the journal is full. */
  get isDegraded(): boolean {
    if (!this.isStarted) return false;
    const { journal } = this.writing ?? {};
    const droppedAtMs = Math.max(this.droppedAtMs, journal?.droppedAtMs ?? -Infinity);
    return !journal || journal.isFull || performance.now() - droppedAtMs < DEGRADED_MS;
  }

  get journalBytes(): number {
    return this.writing?.journal.bytes ?? 0;
  }

  get lagSeconds(): number {
    return this.writing?.journal.lag.seconds ?? 0;
  }

  get dropped(): number {
    return this.droppedBefore + (this.writing?.journal.dropped ?? 0);
  }

  get unsynced(): number {
    return this.writing?.journal.unsynced ?? 0;
  }

  /** Loads what is written, after the last request. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.retry);
    if (this.writing === null) return;
    const { journal, thread, slots } = this.writing;
    journal.close();
    this.writing = null;
    await thread.stop(journal.openAttempts === 0);
    for (const slot of [slots.own, ...slots.dead]) slot.release();
  }

  private get usageFile(): string | null {
    const { database } = this.config;
    return database.kind === 'sqlite' ? usageFileOf(database.file) : null;
  }

  private createWriting(slots: JournalSlots): Writing {
    const { usage, database } = this.config;
    const { directory } = slots.own;
    const journalId = newId();
    const journal = new UsageJournal({
      ...usage,
      directory,
      journalId,
      onWritten: (position) => this.handleWritten(position),
      onWriteTime: this.observeWrite,
      onState: (error) => this.logWrites(error),
    });
    const settings = {
      ...{ database, directory, journalId, usageFile: this.usageFile, retentionDays: usage.retentionDays },
      deadDirectories: slots.dead.map((slot) => slot.directory),
      setAsideFile: join(dirname(directory), 'set-aside.jsonl'),
    };
    const thread = new LoaderThread(
      settings,
      (event) => this.handleEvent(event),
      (error) => this.logger.error(new ErrorEntry('The loader of usage journals failed.', error)),
    );
    return { journal, thread, slots };
  }

  /** The thread starts with its first work, because most processes that only manage a registry have none. */
  private startOldJournals(): void {
    if (this.writing === null || !this.isDatabaseReady) return;
    const { slots, thread } = this.writing;
    if (slots.own.hasJournals || slots.dead.length > 0) thread.start();
  }

  private handleWritten(position: JournalPosition): void {
    const hasResponses = this.pending.noteWritten(position);
    const thread = this.writing?.thread;
    if (this.isDatabaseReady) thread?.start();
    if (hasResponses) thread?.load();
  }

  private handleEvent(event: LoaderEvent): void {
    switch (event.kind) {
      case 'loaded':
        this.writing?.journal.lag.noteLoaded(event.position);
        return this.pending.noteLoaded(event.position);
      case 'deleted':
        return this.writing?.journal.forget(event.bytes);
      case 'replayed':
        return this.writing?.slots.dead.forEach((slot) => slot.release());
      case 'setAside':
        this.setAside = event.counts;
        return;
      case 'state':
        return this.logLoads(event.error);
    }
  }

  private logWrites(error: unknown): void {
    if (error === null) this.logger.log('The usage journal can be written again.');
    else
      this.logger.error(
        new ErrorEntry('The usage journal cannot be written. Its rows wait in memory.', error),
      );
  }

  private logLoads(error: Readonly<Record<string, unknown>> | null): void {
    if (error === null) this.logger.log('Usage is loaded into the database again.');
    else
      this.logger.warn(new ErrorEntry('Usage cannot be loaded into the database. The journal grows.', error));
  }

  private countDropped(): void {
    this.droppedBefore += 1;
    this.droppedAtMs = performance.now();
  }
}

import { describeError } from '../../observability/describe-error';
import { DeadJournal } from './dead-journal';
import { findJournals } from './journal-files';
import { LedgerRetention } from './ledger-retention';
import { LiveJournal } from './live-journal';
import type { LoaderEvent, LoaderRequest, LoaderSettings } from './loader-messages';
import { MysqlUsageDatabase } from './mysql-usage-database';
import { RowLoader } from './row-loader';
import { SetAside } from './set-aside';
import { SqliteUsageDatabase } from './sqlite-usage-database';
import { UsageStore } from './usage-store';

const INTERVAL_MS = 250;

/** Pause after an error of the database. */
const RETRY_MS = 1000;

type Report = (event: LoaderEvent) => void;

/** The parts of the loader that need an open database. */
interface Ledger {
  readonly store: UsageStore;
  readonly rows: RowLoader;
  readonly live: LiveJournal;
  readonly retention: LedgerRetention;
}

/** Copies the journal of this process to the database every 250 ms, and those of ended processes once. */
export class UsageLoader {
  private readonly setAside: SetAside;
  private ledger: Ledger | null = null;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private isDue = false;
  private isStopped = false;
  private isFailing = false;
  private hasReplayed = false;
  private reported = '';

  constructor(
    private readonly settings: LoaderSettings,
    private readonly report: Report,
  ) {
    this.setAside = new SetAside(settings.setAsideFile);
    this.schedule(0);
  }

  async handle(request: LoaderRequest): Promise<void> {
    switch (request.kind) {
      case 'load':
        return this.loadNow();
      case 'find':
        return this.find(request);
      case 'finish':
        return this.finish(request.isComplete);
    }
  }

  private loadNow(): void {
    this.isDue = true;
    if (this.running === null && !this.isFailing) this.schedule(0);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.running = this.run().finally(() => {
        this.running = null;
        this.schedule(this.isFailing ? RETRY_MS : this.isDue ? 0 : INTERVAL_MS);
      });
    }, ms);
  }

  private async run(): Promise<void> {
    try {
      this.isDue = false;
      const ledger = this.open();
      await this.loadLive(ledger);
      if (!this.hasReplayed) await this.replay(ledger);
      if (await ledger.retention.deleteNext()) this.isDue = true;
      this.setFailing(null);
    } catch (error) {
      this.setFailing(error);
    }
  }

  private async loadLive({ live }: Ledger): Promise<void> {
    while (await live.loadNext()) this.reportLoaded(live);
    this.reportLoaded(live);
  }

  private async replay(ledger: Ledger): Promise<void> {
    const { directory, deadDirectories, journalId } = this.settings;
    for (const each of [directory, ...deadDirectories]) {
      for (const [id, segments] of findJournals(each)) {
        if (id === journalId) continue;
        const journal = new DeadJournal(id, segments, ledger.store, ledger.rows, this.setAside);
        await journal.load(() => this.loadBetween(ledger));
      }
    }
    this.hasReplayed = true;
    this.report({ kind: 'replayed' });
  }

  /** A long journal of an ended process must delay neither this one's nor the shutdown. */
  private async loadBetween(ledger: Ledger): Promise<void> {
    if (this.isStopped) throw new Error('The loader was stopped.');
    await this.loadLive(ledger);
  }

  private async find(request: LoaderRequest & { kind: 'find' }): Promise<void> {
    try {
      const response = await this.open().store.findResponse(request.accountId, request.responseId);
      this.report({ kind: 'found', id: request.id, response });
    } catch {
      this.report({ kind: 'notFound', id: request.id });
    }
  }

  private async finish(isComplete: boolean): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
    try {
      const ledger = this.open();
      await this.loadLive(ledger);
      if (isComplete) await ledger.live.delete();
      await ledger.store.close();
    } catch {
      // What is not loaded is loaded at the next start.
    }
    this.report({ kind: 'finished' });
  }

  private open(): Ledger {
    this.ledger ??= this.create();
    return this.ledger;
  }

  private create(): Ledger {
    const { database: config, usageFile, directory, journalId, retentionDays } = this.settings;
    const database =
      config.kind === 'sqlite' ? new SqliteUsageDatabase(usageFile!) : new MysqlUsageDatabase(config);
    const store = new UsageStore(database);
    const rows = new RowLoader(store, this.setAside);
    const onDeleted = (bytes: number): void => this.report({ kind: 'deleted', bytes });
    const live = new LiveJournal(directory, journalId, store, rows, this.setAside, onDeleted);
    return { store, rows, live, retention: new LedgerRetention(database, retentionDays) };
  }

  private reportLoaded(live: LiveJournal): void {
    const position = live.loaded;
    const key = `${position.segment} ${position.offset}`;
    if (key !== this.reported) this.report({ kind: 'loaded', position });
    this.reported = key;
    if (this.setAside.hasNews()) this.report({ kind: 'setAside', counts: this.setAside.counts });
  }

  private setFailing(error: unknown): void {
    const isFailing = error !== null && !this.isStopped;
    if (isFailing !== this.isFailing)
      this.report({ kind: 'state', error: isFailing ? describeError(error) : null });
    this.isFailing = isFailing;
  }
}

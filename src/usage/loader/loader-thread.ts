import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { withTimeout } from '../../common/with-timeout';
import { databaseUnavailable } from '../../database/database-errors';
import type { StoredResponse } from '../usage-record';
import type { LoaderEvent, LoaderRequest, LoaderSettings } from './loader-messages';

/** How soon a thread that ended is started again, in milliseconds. */
const RESTART_MS = 1000;

const FIND_TIMEOUT_MS = 3000;

/** The last load of a shutdown may take this long. What it does not load is loaded at the next start. */
const FINISH_TIMEOUT_MS = 10_000;

interface Search {
  readonly resolve: (response: StoredResponse | null) => void;
  readonly reject: (error: Error) => void;
}

/** Runs the loader in a worker thread, so that neither its work nor SQLite's stops the event loop of the gateway. */
export class LoaderThread {
  private worker: Worker | null = null;
  private restart: NodeJS.Timeout | undefined;
  private isStopped = false;
  private readonly searches = new Map<number, Search>();
  private nextSearch = 1;
  private onFinished: () => void = () => undefined;

  constructor(
    private settings: LoaderSettings,
    private readonly onEvent: (event: LoaderEvent) => void,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Starts the thread if it does not run. */
  start(): void {
    if (this.worker !== null || this.isStopped) return;
    const worker = new Worker(join(__dirname, 'loader-worker.js'), { workerData: this.settings });
    worker.unref();
    worker.on('message', (event: LoaderEvent) => this.handle(event));
    worker.on('error', (error) => this.onFailure(error));
    worker.on('exit', () => this.handleExit());
    this.worker = worker;
  }

  /** Loads soon instead of at the next interval. */
  load(): void {
    this.send({ kind: 'load' });
  }

  /** @throws DomainError 503 if the ledger cannot be read. */
  findResponse(accountId: string, responseId: string): Promise<StoredResponse | null> {
    this.start();
    const id = this.nextSearch++;
    const found = new Promise<StoredResponse | null>((resolve, reject) => {
      this.searches.set(id, { resolve, reject });
    });
    this.send({ kind: 'find', id, accountId, responseId });
    return withTimeout(found, FIND_TIMEOUT_MS).catch(() => {
      this.searches.delete(id);
      throw databaseUnavailable();
    });
  }

  /** Loads what is written, then ends the thread. `isComplete`: no attempt is left without its end. */
  async stop(isComplete: boolean): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.restart);
    const { worker } = this;
    if (worker === null) return;
    const finished = new Promise<void>((resolve) => (this.onFinished = resolve));
    this.send({ kind: 'finish', isComplete });
    await withTimeout(finished, FINISH_TIMEOUT_MS).catch((error: unknown) => this.onFailure(error));
    await worker.terminate();
  }

  private send(request: LoaderRequest): void {
    this.worker?.postMessage(request);
  }

  private handle(event: LoaderEvent): void {
    switch (event.kind) {
      case 'found':
        this.searches.get(event.id)?.resolve(event.response);
        this.searches.delete(event.id);
        break;
      case 'notFound':
        this.searches.get(event.id)?.reject(databaseUnavailable());
        this.searches.delete(event.id);
        break;
      case 'finished':
        this.onFinished();
        break;
      case 'replayed':
        this.settings = { ...this.settings, deadDirectories: [] };
        return this.onEvent(event);
      default:
        return this.onEvent(event);
    }
  }

  private handleExit(): void {
    this.worker = null;
    for (const { reject } of this.searches.values()) reject(databaseUnavailable());
    this.searches.clear();
    this.onFinished();
    if (!this.isStopped) this.restart = setTimeout(() => this.start(), RESTART_MS).unref();
  }
}

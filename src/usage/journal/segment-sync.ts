import type { SegmentFile } from './segment-file';

/** The longest wait of a response for a sync, in milliseconds. */
const MAX_WAIT_MS = 250;

const INTERVAL_MS = 1000;

interface Group {
  readonly callbacks: (() => void)[];
  readonly timer: NodeJS.Timeout;
}

/** Syncs the segments of a journal in the thread pool, one group of writes at a time. */
export class SegmentSync {
  /** Callbacks that did not wait for the end of their sync. */
  unsynced = 0;
  private readonly dirty = new Set<SegmentFile>();
  private waiting: Group | null = null;
  private isSyncing = false;
  private readonly interval: NodeJS.Timeout;

  constructor() {
    this.interval = setInterval(() => this.start(), INTERVAL_MS).unref();
  }

  /** Notes that a segment has bytes that are not on the disk yet. The next sync includes them. */
  markDirty(segment: SegmentFile): void {
    this.dirty.add(segment);
  }

  /** Runs the callbacks when everything that is dirty now is on the disk, or after 250 ms. */
  whenSynced(callbacks: readonly (() => void)[]): void {
    if (callbacks.length === 0) return;
    this.waiting ??= this.createGroup();
    for (const callback of callbacks) this.waiting.callbacks.push(callback);
    this.start();
  }

  stop(): void {
    clearInterval(this.interval);
    for (const segment of this.dirty) segment.sync(() => undefined);
    this.dirty.clear();
    const group = this.waiting;
    this.waiting = null;
    if (group) finish(group);
  }

  private createGroup(): Group {
    const callbacks: (() => void)[] = [];
    const timer = setTimeout(() => {
      this.unsynced += callbacks.length;
      if (this.waiting?.callbacks === callbacks) this.waiting = null;
      run(callbacks);
    }, MAX_WAIT_MS);
    return { callbacks, timer };
  }

  private start(): void {
    if (this.isSyncing || (this.dirty.size === 0 && this.waiting === null)) return;
    const group = this.waiting;
    const segments = [...this.dirty];
    this.waiting = null;
    this.dirty.clear();
    this.isSyncing = true;
    let left = segments.length;
    const done = (error: Error | null): void => {
      left -= 1;
      if (error) this.unsynced += group?.callbacks.length ?? 0;
      if (left > 0) return;
      this.isSyncing = false;
      if (group) finish(group);
      if (this.waiting !== null) this.start();
    };
    if (left === 0) done(null);
    for (const segment of segments) segment.sync(done);
  }
}

function finish({ callbacks, timer }: Group): void {
  clearTimeout(timer);
  run(callbacks);
}

/** Empties the list, so that no callback runs twice. */
function run(callbacks: (() => void)[]): void {
  for (const callback of callbacks.splice(0)) callback();
}

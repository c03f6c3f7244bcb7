import { Batcher } from '../common/batcher';
import { timestamp } from '../common/timestamp';
import type { CachedToken } from './cached-token';
import type { TokensRepository } from './tokens.repository';

/** Minimum time between two writes of `last_used_at`. */
const TOUCH_INTERVAL_MS = 60_000;

/** Writes when tokens were last used, in batches. */
export class LastTokenUse {
  private readonly writes = new Batcher((ids) => this.write(ids));
  private readonly listeners: ((tokenId: string) => void)[] = [];

  constructor(private readonly tokens: TokensRepository) {}

  addListener(listener: (tokenId: string) => void): void {
    this.listeners.push(listener);
  }

  /** Writes `last_used_at` at most once per minute. Requests do not wait for the write, and its failure is ignored. */
  touch(token: CachedToken): void {
    const { row } = token;
    const now = performance.now();
    if (now - token.touchedAt < TOUCH_INTERVAL_MS) return;
    token.touchedAt = now;
    row.lastUsedAt = timestamp();
    for (const listener of this.listeners) listener(row.id);
    void this.writes.run(row.id).catch(() => undefined);
  }

  private async write(ids: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
    await this.tokens.touch(ids, timestamp());
    return new Map();
  }
}

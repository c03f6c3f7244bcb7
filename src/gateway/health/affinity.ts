import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AccountId } from '../../auth/caller';
import { FairCache } from '../../common/fair-cache';

const MAX_SESSIONS = 50_000;
const MAX_UNUSED_MS = 3_600_000;
/** A longer session is stored as its hash. */
const MAX_SESSION_LENGTH = 128;

interface SessionTarget {
  readonly modelId: string;
  /** By the monotonic clock. */
  usedAtMs: number;
}

/**
 * The targets of sessions that a fallback has served. A session stays with it for 60 minutes after its last use, because
 * reasoning of one provider is of no use to another. Each replica has its own.
 */
@Injectable()
export class Affinity {
  private readonly sessions = new FairCache<SessionTarget>({
    maxSize: MAX_SESSIONS,
    sizeOf: () => 1,
  });

  /** Returns the id of the model that a fallback served the session with, or null. Counts as a use. */
  find(accountId: AccountId, tokenId: string, session: string): string | null {
    const found = this.sessions.get(accountId, keyOf(tokenId, session));
    const nowMs = performance.now();
    if (found === undefined || nowMs - found.usedAtMs > MAX_UNUSED_MS) return null;
    found.usedAtMs = nowMs;
    return found.modelId;
  }

  remember(accountId: AccountId, tokenId: string, session: string, modelId: string): void {
    this.sessions.set(accountId, keyOf(tokenId, session), { modelId, usedAtMs: performance.now() });
  }
}

function keyOf(tokenId: string, session: string): string {
  if (session.length <= MAX_SESSION_LENGTH) return `${tokenId} ${session}`;
  return `${tokenId} ${createHash('sha256').update(session).digest('base64')}`;
}

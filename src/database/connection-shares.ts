import type { QueryRunner } from 'typeorm';
import { FairQueue, type Turn } from '../common/fair-queue';
import { databaseBusy } from './database-errors';

/** Transactions of one account, or of the process, that may wait. More are rejected with 503. */
const MAX_WAITING = 500;

/** Concurrent writing transactions of an account. One works while the next waits for the row lock of the account. */
const MAX_WRITERS = 2;

/** Connections that accounts leave to authentication, readiness and other work of the process, in a large enough pool. */
const RESERVED = 2;

/** Places that one account leaves to others, in a large enough pool. */
const LEFT_TO_OTHERS = 1;

type Runner = Pick<QueryRunner, 'data'>;

/** Makes a query runner use the share of this account. Without an account it uses the share of the process. */
export function assignAccount(runner: Runner, accountId: string | undefined): void {
  runner.data.accountId = accountId;
}

export function accountOf(runner: Runner): string | undefined {
  return (runner.data as { accountId?: string }).accountId;
}

/** Takes a place of a queue, and waits for it. Throws 503 if too many of the owner wait. */
export function enterQueue(queue: FairQueue, owner: string, maxTaken: number): Turn {
  const turn = queue.enter(owner, maxTaken);
  if (turn === null) throw databaseBusy();
  return turn;
}

/**
 * The shares of accounts in a pool of connections. The requests of one account must not delay those of another. So an
 * account has two connections for writes and all but three for reads, and accounts that wait take turns. Work without an
 * account, such as authentication and readiness, waits for no account.
 */
export class ConnectionShares {
  private readonly accounts: FairQueue;
  private readonly process: FairQueue;
  private readonly maxWriters: number;
  private readonly maxReaders: number;

  constructor(poolSize: number) {
    const places = poolSize - Math.min(RESERVED, Math.floor(poolSize / 2));
    this.accounts = new FairQueue(places, MAX_WAITING);
    this.process = new FairQueue(poolSize, MAX_WAITING);
    this.maxWriters = Math.max(1, Math.min(MAX_WRITERS, places - LEFT_TO_OTHERS - 1));
    this.maxReaders = Math.max(1, places - LEFT_TO_OTHERS - this.maxWriters);
  }

  /** Takes the place of a runner that needs a connection. Throws 503 if too many of its account wait. */
  enter(runner: Runner, isReadOnly: boolean): Turn {
    const accountId = accountOf(runner);
    if (accountId === undefined) return enterQueue(this.process, '', Infinity);
    return isReadOnly
      ? enterQueue(this.accounts, `${accountId} reads`, this.maxReaders)
      : enterQueue(this.accounts, `${accountId} writes`, this.maxWriters);
  }
}

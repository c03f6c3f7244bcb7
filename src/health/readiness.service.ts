import { Injectable } from '@nestjs/common';
import { IntervalCache } from '../common/interval-cache';
import { timestamp } from '../common/timestamp';
import { withTimeout } from '../common/with-timeout';
import { KeyCheckService } from '../crypto/key-check.service';
import { DatabaseService } from '../database/database.service';
import { RoutingTableStore } from '../routing/routing-table-store';
import { UsageLedger } from '../usage/usage-ledger';
import { ConnectionDrain } from './connection-drain';

/** `unknown`: the check could not run, because the database or the key provider is unavailable. */
type CheckState = 'ok' | 'failed' | 'unknown';

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<'database' | 'encryption_key' | 'accepting', CheckState>>;
  /** When routing began to use the last registry it read, because the database is unavailable. Null if it is current. */
  readonly routingStaleSince: string | null;
  /** `degraded`: rows of the ledger are dropped or wait. Calls are served, so it does not change `ready`. */
  readonly usage: 'ok' | 'degraded';
}

/** Deadline of each check in milliseconds, below the usual timeouts of load balancers. */
const DEADLINE_MS = 2500;

/** Minimum time between two checks of the database, in milliseconds. Anybody may call the route. */
const INTERVAL_MS = 1000;

type DatabaseChecks = Readonly<Record<'database' | 'encryption_key', CheckState>>;

/**
 * Checks whether requests can be served: reads a real table and opens the key canary, at most once per second. Concurrent
 * and later callers share the result.
 */
@Injectable()
export class ReadinessService {
  private readonly checks = new IntervalCache(INTERVAL_MS, () => this.queryDatabase());

  constructor(
    private readonly database: DatabaseService,
    private readonly keys: KeyCheckService,
    private readonly drain: ConnectionDrain,
    private readonly tables: RoutingTableStore,
    private readonly ledger: UsageLedger,
  ) {}

  async check(): Promise<Readiness> {
    const accepting = this.drain.isDraining ? 'failed' : 'ok';
    const checks = { ...(await this.checkDatabase()), accepting } as const;
    const { staleSince } = this.tables;
    return {
      ready: Object.values(checks).every((state) => state === 'ok'),
      checks,
      routingStaleSince: staleSince === null ? null : timestamp(staleSince),
      usage: this.ledger.isDegraded ? 'degraded' : 'ok',
    };
  }

  private checkDatabase(): DatabaseChecks | Promise<DatabaseChecks> {
    // During a start, this needs no query, and the database may be ready at any moment.
    if (!this.database.isReady) return { database: 'failed', encryption_key: 'unknown' };
    return this.checks.get();
  }

  private async queryDatabase(): Promise<DatabaseChecks> {
    const [database, key] = await Promise.all([
      runCheck(async () => {
        await this.database.ping();
        return true;
      }, 'failed'),
      runCheck(() => this.keys.isHealthy(), 'unknown'),
    ]);
    return { database, encryption_key: key };
  }
}

/** Returns `ifUnavailable` for a check that throws or does not end in time. */
async function runCheck(check: () => Promise<boolean>, ifUnavailable: CheckState): Promise<CheckState> {
  try {
    return (await withTimeout(check(), DEADLINE_MS)) ? 'ok' : 'failed';
  } catch {
    return ifUnavailable;
  }
}

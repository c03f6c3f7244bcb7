import { Injectable } from '@nestjs/common';
import { timestamp } from '../common/timestamp';
import { withTimeout } from '../common/with-timeout';
import { KeyCheckService } from '../crypto/key-check.service';
import { DatabaseService } from '../database/database.service';
import { RoutingTableStore } from '../routing/routing-table-store';
import { ConnectionDrain } from './connection-drain';

type CheckState = 'ok' | 'failed';

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<'database' | 'encryption_key' | 'accepting', CheckState>>;
  /** When routing began to use the last registry it read, because the database is unavailable. Null if it is current. */
  readonly routingStaleSince: string | null;
}

/** Deadline of each check in milliseconds, below the usual timeouts of load balancers. */
const DEADLINE_MS = 2500;

/** Checks whether requests can be served: reads a real table and opens the key canary. */
@Injectable()
export class ReadinessService {
  constructor(
    private readonly database: DatabaseService,
    private readonly keys: KeyCheckService,
    private readonly drain: ConnectionDrain,
    private readonly tables: RoutingTableStore,
  ) {}

  async check(): Promise<Readiness> {
    const [database, key] = await Promise.all([
      passes(async () => {
        await this.database.ping();
        return true;
      }),
      passes(() => (this.database.isReady ? this.keys.isHealthy() : Promise.resolve(false))),
    ]);
    const accepting = this.drain.isDraining ? 'failed' : 'ok';
    const checks = { database, encryption_key: key, accepting } as const;
    const { staleSince } = this.tables;
    return {
      ready: Object.values(checks).every((state) => state === 'ok'),
      checks,
      routingStaleSince: staleSince === null ? null : timestamp(staleSince),
    };
  }
}

async function passes(check: () => Promise<boolean>): Promise<CheckState> {
  try {
    return (await withTimeout(check(), DEADLINE_MS)) ? 'ok' : 'failed';
  } catch {
    return 'failed';
  }
}

import { Injectable } from '@nestjs/common';
import { timestamp } from '../common/timestamp';
import { withTimeout } from '../common/with-timeout';
import { KeyCheckService } from '../crypto/key-check.service';
import { DatabaseService } from '../database/database.service';
import { RoutingTableStore } from '../routing/routing-table-store';
import { ConnectionDrain } from './connection-drain';

export type CheckState = 'ok' | 'failed';

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<'database' | 'encryption_key' | 'accepting', CheckState>>;
  /** Since when routing answers from what it knew before the database went away, or null. */
  readonly routingStaleSince: string | null;
}

/** Longer than this and a load balancer has given up, in milliseconds. */
const DEADLINE_MS = 2500;

/** Whether requests can be served: a real table is read and the key canary opened. */
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

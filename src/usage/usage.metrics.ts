import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MetricsRegistry } from '../observability/metrics-registry';
import { UsageLedger } from './usage-ledger';

@Injectable()
export class UsageMetrics implements OnModuleInit {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly ledger: UsageLedger,
  ) {}

  onModuleInit(): void {
    const { registry, ledger } = this;
    registry.addGauge(
      'caret_usage_journal_bytes',
      'The usage journal of this process, with lines that wait for the disk.',
      () => ledger.journalBytes,
    );
    registry.addGauge(
      'caret_usage_journal_lag_seconds',
      'How long the oldest line that is not in the database has waited.',
      () => ledger.lagSeconds,
    );
    registry.addReadCounter(
      'caret_usage_journal_dropped_total',
      'Rows and stored responses that were dropped because the usage journal was full.',
      () => ledger.dropped,
    );
    registry.addReadCounter(
      'caret_usage_journal_unsynced_total',
      'Responses that ended before their row was synced, with USAGE_DURABILITY=power.',
      () => ledger.unsynced,
    );
    registry.addReadCounter(
      'caret_usage_journal_set_aside_total',
      'Lines, rows and files of usage journals that cannot be loaded. `set-aside.jsonl` has them.',
      () => [...ledger.setAside.values()].reduce((sum, count) => sum + count, 0),
    );
    registry.addReadCounter(
      'caret_cost_unknown_total',
      'Attempts whose cost is unknown.',
      () => ledger.unknownCosts,
    );
    registry.addLabelledMetric(ledger.writeTimes);
  }
}

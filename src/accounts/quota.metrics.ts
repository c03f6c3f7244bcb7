import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabaseService } from '../database/database.service';
import { MetricsRegistry } from '../observability/metrics-registry';
import { AccountUsageRepository } from '../quotas/account-usage.repository';
import type { QuotaKind } from '../quotas/quota.errors';
import { QuotasService } from '../quotas/quotas.service';
import { TokensService } from '../tokens/tokens.service';

/** Scrapes within this time share one read. */
const MAX_AGE_MS = 30_000;

/** Shows how full the fullest account is, so that an operator sees a quota before a client exceeds it. */
@Injectable()
export class QuotaMetrics implements OnModuleInit {
  private ratios: ReadonlyMap<QuotaKind, number> = new Map();
  private readAt = -Infinity;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly database: DatabaseService,
    private readonly usage: AccountUsageRepository,
    private readonly tokens: TokensService,
    private readonly quotas: QuotasService,
  ) {}

  onModuleInit(): void {
    this.registry.addLabelledGauge(
      'caret_quota_used_ratio',
      'The used part of a quota, of the account that uses most of it. A kind without a quota has no series.',
      'kind',
      () => this.read(),
    );
  }

  /** Returns the last values while the database is unavailable, because a scrape must not fail with it. */
  private async read(): Promise<ReadonlyMap<QuotaKind, number>> {
    if (this.database.isReady && performance.now() - this.readAt >= MAX_AGE_MS) {
      this.readAt = performance.now();
      this.ratios = await this.readRatios().catch(() => this.ratios);
    }
    return this.ratios;
  }

  private async readRatios(): Promise<Map<QuotaKind, number>> {
    const { providers, models, registryBytes } = await this.usage.findHighest();
    const used = {
      providers,
      models,
      registry_bytes: registryBytes,
      tokens: await this.tokens.countHighest(),
    };
    const ratios = new Map<QuotaKind, number>();
    for (const kind of Object.keys(used) as QuotaKind[]) {
      const limit = this.quotas.limitOf(kind);
      if (limit !== null) ratios.set(kind, used[kind] / limit);
    }
    return ratios;
  }
}

import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller';
import { timestamp } from '../common/timestamp';
import type { PriceSheet } from '../pricing/price-sheet';
import { QuotasService } from '../quotas/quotas.service';
import { ModelsRepository } from './models.repository';
import { countBytes } from './new-model';
import { PriceHistory } from './price-history';
import type { ProviderModel } from './provider-model.entity';

/** Stores the changes of a model with its size and its price history. Call it in the transaction of the change. */
@Injectable()
export class ModelWriter {
  constructor(
    private readonly models: ModelsRepository,
    private readonly quotas: QuotasService,
    private readonly prices: PriceHistory,
  ) {}

  /** `sent` is the price sheet of the request, if it has one. Throws 409 if the account has no room. */
  async update(
    caller: Caller,
    before: ProviderModel,
    after: ProviderModel,
    sent: PriceSheet | null | undefined,
  ): Promise<void> {
    after.updatedAt = timestamp();
    after.storedBytes = countBytes(after);
    await this.quotas.add(caller.accountId, { registryBytes: after.storedBytes - before.storedBytes });
    await this.models.update(before, after);
    await this.prices.update(caller, before, after, sent);
  }
}

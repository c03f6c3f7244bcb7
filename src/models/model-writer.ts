import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { foldedModelKey } from '../common/identity-key';
import { timestamp } from '../common/timestamp';
import type { PriceSheet } from '../pricing/price-sheet';
import { QuotasService } from '../quotas/quotas.service';
import { otherSpelling } from '../upstream/model-spelling';
import { ModelsRepository, type ParentProvider } from './models.repository';
import { countBytes } from './new-model';
import { addOtherSpelling, assertAliasCount, renameOtherSpelling } from './other-spelling';
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

  /** Keeps the other spelling of the name an alias, whatever the request sends, unless another model has it. */
  async respell(
    { id, baseUrl }: ParentProvider,
    before: ProviderModel,
    after: ProviderModel,
    sent: readonly string[] | null | undefined,
  ): Promise<void> {
    if (sent === undefined) return renameOtherSpelling(after, before.model, baseUrl);
    assertAliasCount(after, before, baseUrl);
    const other = otherSpelling(after.model, baseUrl);
    if (other === null) return;
    const named = await this.models.findByKey(after.accountId as AccountId, id, foldedModelKey(other));
    if (named === null || named.id === after.id) addOtherSpelling(after, baseUrl);
  }

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

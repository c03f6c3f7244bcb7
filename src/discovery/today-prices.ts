import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller';
import { yieldIfLong } from '../common/yield-if-long';
import type { PricedModel } from '../models/priced-model';
import { ProvidersService } from '../providers/providers.service';
import { DiscoveryService } from './discovery.service';
import { PriceCatalogue } from './price-catalogue';
import type { SuggestedCosts } from './suggested-costs';

/** Returns the suggestion of today for a model of one provider, or null. */
export type SuggestPrices = (model: Pick<PricedModel, 'model' | 'modelKey'>) => SuggestedCosts | null;

/** Suggests prices for models that are stored. */
@Injectable()
export class TodayPrices {
  constructor(
    private readonly providers: ProvidersService,
    private readonly discovery: DiscoveryService,
    private readonly catalogue: PriceCatalogue,
  ) {}

  /** Reads the list of the upstream, which may state prices. Throws if the upstream fails. */
  async load(caller: Caller, providerId: string): Promise<SuggestPrices> {
    const { provider: kind, baseUrl } = await this.providers.find(caller.accountId, providerId);
    const { offer } = await this.discovery.findOffer(caller, providerId, 'cached');
    const { models, keys, otherKeys, truncated } = offer;
    const listed = new Map<string, SuggestedCosts | undefined>();
    for (const [index, { suggested_costs: costs }] of models.entries()) {
      listed.set(keys[index]!, costs);
      await yieldIfLong();
    }
    for (const [key, other] of otherKeys) if (!listed.has(other)) listed.set(other, listed.get(key));
    // The part of the list that was not read may state another price than the catalogue.
    const mayBeListed = truncated && [...listed.values()].some((costs) => costs?.source === 'upstream');
    const isUnread = (modelKey: string) => mayBeListed && !listed.has(modelKey);
    return ({ model, modelKey }) =>
      listed.get(modelKey) ?? (isUnread(modelKey) ? null : this.catalogue.suggest(kind, baseUrl, model));
  }
}

import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller';
import { assertEtag, hasEtags } from '../http/response/etag';
import { listTooLarge, ResponseBudget } from '../http/response/response-budget';
import { ModelRepricing, type RepricingOutcome } from '../models/model-repricing';
import type { ModelPrices, PricedModel } from '../models/priced-model';
import type { ApplyPricesDto } from './dto/apply-prices.dto';
import type { PriceCheckResult } from './dto/price-check.response.dto';
import { PriceCheckService } from './price-check.service';
import { comparePrices } from './price-difference';
import { type SuggestPrices, TodayPrices } from './today-prices';

type Unchanged = 'no_suggestion' | 'unchanged';

/** `POST /v1/llm-providers/{id}/price-check/apply`. */
@Injectable()
export class PriceApplyService {
  constructor(
    private readonly today: TodayPrices,
    private readonly checks: PriceCheckService,
    private readonly models: ModelRepricing,
  ) {}

  /** Stores the prices that are suggested now. `ifMatch` is of the whole price check; 412 if that has changed. */
  async apply(
    caller: Caller,
    providerId: string,
    { model_ids: ids }: ApplyPricesDto,
    ifMatch: string | undefined,
  ): Promise<PriceCheckResult> {
    const suggest = await this.today.load(caller, providerId);
    const before = async (): Promise<void> => {
      if (!hasEtags(ifMatch)) return;
      assertEtag(ifMatch, await this.checks.etagOfWhole(caller.accountId, providerId, suggest));
    };
    const choose = (model: PricedModel) => choosePrices(model, suggest);
    return this.models.reprice(caller, { providerId, ids }, choose, { before, toResult });
  }
}

function choosePrices(model: PricedModel, suggest: SuggestPrices): ModelPrices | Unchanged {
  const suggested = suggest(model);
  if (suggested === null) return 'no_suggestion';
  return comparePrices(model, suggested)?.suggested ?? 'unchanged';
}

/** Throws 422 if the result is larger than a response may be, which undoes the changes. */
function toResult(outcomes: readonly RepricingOutcome<Unchanged>[]): PriceCheckResult {
  const result: PriceCheckResult = { changed: [], skipped: [] };
  const budget = ResponseBudget.full();
  for (const outcome of outcomes) {
    if ('reason' in outcome) {
      result.skipped.push({ model_id: outcome.id, reason: outcome.reason });
      continue;
    }
    const { model, after } = outcome;
    const changed = { model_id: model.id, model: model.model, before: model.prices, after };
    if (!budget.take(Buffer.byteLength(JSON.stringify(changed)))) {
      throw listTooLarge('The response is larger than 16 MiB. Send fewer model_ids.');
    }
    result.changed.push(changed);
  }
  return result;
}

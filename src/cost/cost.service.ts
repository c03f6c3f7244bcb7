import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { HttpResponse } from '../http/response/http-response';
import type { ModelPrice } from '../models/model-price.entity';
import { PriceHistory } from '../models/price-history';
import { calculateCost, type Cost } from '../pricing/cost-calculator';
import type { Rates } from '../pricing/rate-table';
import { normaliseUsage } from '../pricing/token-usage/usage-normaliser';
import { revisionHeader } from '../registry/revision-header';
import { AccountTimeLimit } from '../routing/account-time-limit';
import { RuleTimeBudget } from '../routing/engine/rules/rule-time-budget';
import type { CostRequest } from './dto/cost.dto';
import type { CostResponse } from './dto/cost.response.dto';
import { ModelRates, type PricedModel } from './model-rates';
import { requestOptionsOf } from './request-options';

/** Calculates the cost of a usage with the rates of one of the account's models. */
@Injectable()
export class CostService {
  constructor(
    private readonly rates: ModelRates,
    private readonly history: PriceHistory,
    private readonly timeLimit: AccountTimeLimit,
  ) {}

  /**
   * Returns a `CostResponse` with the registry's revision in its header.
   *
   * @throws DomainError 404 if there is no such model, 422 for an invalid usage or selector or for slow rules, 429 if the account
   * has no time left for slow rules.
   */
  async calculate(caller: Caller, request: CostRequest, minRevision: number): Promise<HttpResponse> {
    const model = await this.find(caller, request, minRevision);
    const options = requestOptionsOf(request.context);
    const { rates, isAssumed } = await this.ratesAt(caller, model, request);
    const { revision, selector, kind } = model;
    const usage = normaliseUsage(request.usage, { ...options, kind, partial: request.partial });
    const cost = await this.runLimited(caller.accountId, (beforeCondition) =>
      calculateCost(usage, rates, options, { patterns: model.patterns, beforeCondition }),
    );
    const body: CostResponse = { selector, ...cost, assumed: cost.assumed || isAssumed };
    return new HttpResponse(body, revisionHeader(revision));
  }

  /** Limits the time of a calculation, because the rules of a sheet may contain 32 slow patterns. */
  private async runLimited(
    accountId: AccountId,
    calculate: (beforeCondition: () => void) => Cost,
  ): Promise<Cost> {
    const budget = new RuleTimeBudget();
    await this.timeLimit.takeTurn(accountId);
    return this.timeLimit.run(accountId, () => budget.run(() => calculate(() => budget.assertLeft())));
  }

  /** Returns the rates in force at the time in the context. Reads the database only if there is one. */
  private async ratesAt(
    { accountId }: Caller,
    { modelId, rates }: PricedModel,
    { context }: CostRequest,
  ): Promise<{ rates: Rates; isAssumed: boolean }> {
    const at = context?.at == null ? null : requestOptionsOf(context).at;
    const found = at === null ? null : await this.history.findAt(accountId, modelId, at);
    return found === null
      ? { rates, isAssumed: false }
      : { rates: toRates(found.price), isAssumed: found.isAssumed };
  }

  private async find(caller: Caller, request: CostRequest, minRevision: number): Promise<PricedModel> {
    const { selector, model_id: modelId, context = {} } = request;
    if (selector !== undefined && modelId === undefined) {
      return this.rates.getBySelector(caller.accountId, selector, context, minRevision);
    }
    if (modelId === undefined || selector !== undefined) throw ambiguousModel();
    const model = await this.rates.findByModelId(caller.accountId, modelId, minRevision);
    if (model === null) {
      const detail =
        'The account has no model with this id. Send an id from the list of a provider, or a selector.';
      throw new DomainError('not_found', 'llm_provider_models.not_found', detail);
    }
    return model;
  }
}

const UNKNOWN_RATES: Rates = {
  input: null,
  output: null,
  cacheWrite: null,
  cacheRead: null,
  multiplier: 1,
  sheet: null,
};

/** A corrupt sheet has unknown prices. */
function toRates(price: ModelPrice): Rates {
  if (price.pricing === undefined) return UNKNOWN_RATES;
  return {
    input: price.costPer1kInput,
    output: price.costPer1kOutput,
    cacheWrite: price.costPer1kCacheWrite,
    cacheRead: price.costPer1kCacheRead,
    multiplier: price.multiplier,
    sheet: price.pricing,
  };
}

function ambiguousModel(): DomainError {
  const detail = 'Send exactly one of selector and model_id to name the model.';
  return new DomainError('invalid', 'validation.failed', detail, {
    errors: ['/selector', '/model_id'].map((pointer) => ({ pointer, code: 'one_of', detail })),
  });
}

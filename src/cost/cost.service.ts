import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { HttpResponse } from '../http/response/http-response';
import { calculateCost } from '../pricing/cost-calculator';
import { normaliseUsage } from '../pricing/token-usage/usage-normaliser';
import { revisionHeader } from '../registry/revision-header';
import type { CostRequest } from './dto/cost.dto';
import type { CostResponse } from './dto/cost.response.dto';
import { ModelRates, type PricedModel } from './model-rates';
import { requestOptionsOf } from './request-options';

/** Calculates the cost of a usage with the rates of one of the account's models. */
@Injectable()
export class CostService {
  constructor(private readonly rates: ModelRates) {}

  /**
   * Returns a `CostResponse` with the registry's revision in its header.
   *
   * @throws DomainError 404 if there is no such model, 422 for an invalid usage or selector.
   */
  async calculate(caller: Caller, request: CostRequest, minRevision: number): Promise<HttpResponse> {
    const { revision, selector, kind, rates } = await this.find(caller, request, minRevision);
    const options = requestOptionsOf(request.context);
    const usage = normaliseUsage(request.usage, { ...options, kind, partial: request.partial });
    const body: CostResponse = { selector, ...calculateCost(usage, rates, options) };
    return new HttpResponse(body, revisionHeader(revision));
  }

  private async find(caller: Caller, request: CostRequest, minRevision: number): Promise<PricedModel> {
    const { selector, model_id: modelId, context = {} } = request;
    if (selector !== undefined && modelId === undefined) {
      return this.rates.getBySelector(caller.accountId, selector, context, minRevision);
    }
    if (modelId === undefined || selector !== undefined) throw ambiguousModel();
    const model = await this.rates.findByModelId(caller.accountId, modelId, minRevision);
    if (model === null) {
      throw new DomainError('not_found', 'llm_provider_models.not_found', 'The account has no such model.');
    }
    return model;
  }
}

function ambiguousModel(): DomainError {
  const detail = 'Send exactly one of selector and model_id to name the model.';
  return new DomainError('invalid', 'validation.failed', detail, {
    errors: ['/selector', '/model_id'].map((pointer) => ({ pointer, code: 'one_of', detail })),
  });
}

import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller';
import { isId } from '../common/ids';
import { mapPage, MAX_PAGE_SIZE, type Page, pageOf, type PageQuery } from '../common/pagination';
import { CursorService } from '../crypto/cursor.service';
import { RevisionTracker } from '../registry/revision-tracker';
import { type ModelPriceResponse, toModelPriceResponse } from './dto/model-price.response.dto';
import { ModelPricesRepository } from './model-prices.repository';
import { noSuchModel, noSuchProvider } from './model.errors';
import { ModelsRepository } from './models.repository';

/** `GET /v1/llm-providers/{id}/models/{model_id}/prices`. */
@Injectable()
export class ModelPricesService {
  constructor(
    private readonly models: ModelsRepository,
    private readonly prices: ModelPricesRepository,
    private readonly revisions: RevisionTracker,
    private readonly cursors: CursorService,
  ) {}

  /** Throws 503 when the database has not reached `minRevision`. */
  async list(
    { accountId }: Caller,
    providerId: string,
    modelId: string,
    { limit, cursor }: PageQuery,
    minRevision: number,
  ): Promise<Page<ModelPriceResponse>> {
    await this.revisions.assertReached(accountId, minRevision);
    const provider = isId(providerId) ? await this.models.findParent(accountId, providerId) : null;
    if (!provider) throw noSuchProvider();
    const model = isId(modelId) ? await this.models.find(accountId, providerId, modelId) : null;
    if (!model) throw noSuchModel();
    const scope = ['model-prices', accountId, modelId];
    const [validFrom, id] = cursor === null ? [] : this.cursors.decode(scope, cursor);
    const before = id === undefined ? null : { validFrom: String(validFrom), id: String(id) };
    const size = limit ?? MAX_PAGE_SIZE;
    const prices = await this.prices.list(accountId, modelId, before, size + 1);
    const cursorOf = (last: { validFrom: string; id: string }) =>
      this.cursors.encode(scope, [last.validFrom, last.id]);
    return mapPage(pageOf(prices, size, cursorOf), toModelPriceResponse);
  }
}

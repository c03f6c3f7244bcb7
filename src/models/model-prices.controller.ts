import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import { MAX_PAGE_SIZE, type Page, parsePageQuery } from '../common/pagination';
import { PAGE_PARAMETERS, QueryParameters } from '../http/request/query.guard';
import { Operation } from '../http/route/operation';
import { MinRevision } from '../registry/revision-header';
import { ModelPriceResponse } from './dto/model-price.response.dto';
import { MODEL_PRICE_EXAMPLE } from './dto/model.examples';
import { ModelPricesService } from './model-prices.service';

@ApiTags('Models')
@Controller('v1/llm-providers/:provider_id/models/:model_id/prices')
export class ModelPricesController {
  constructor(private readonly prices: ModelPricesService) {}

  @Operation({
    id: 'listModelPrices',
    registry: 'check',
    summary: "List a model's prices",
    description:
      'Every change of a rate, the multiplier or the price sheet, newest first. The first price is in force. This list always comes in pages. The oldest past prices are deleted when those of an account have more than 16 MiB.',
    response: [ModelPriceResponse],
    example: [MODEL_PRICE_EXAMPLE],
    etag: 'read',
    failures: ['ProviderNotFound', 'ModelNotFound'],
  })
  @QueryParameters({
    ...PAGE_PARAMETERS,
    limit: { ...PAGE_PARAMETERS.limit, description: `Maximum number of items. Absent: ${MAX_PAGE_SIZE}.` },
  })
  @NeedsScope('providers:read')
  @Get()
  list(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') providerId: string,
    @Param('model_id') modelId: string,
    @Query() query: Record<string, string>,
    @MinRevision() minRevision: number,
  ): Promise<Page<ModelPriceResponse>> {
    return this.prices.list(caller, providerId, modelId, parsePageQuery(query), minRevision);
  }
}

import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import { parsePageQuery } from '../common/pagination';
import { DisconnectSignal } from '../http/request/disconnect-signal.decorator';
import { PAGE_PARAMETERS, QueryParameters } from '../http/request/query.guard';
import { IfMatch } from '../http/response/etag';
import type { HttpResponse } from '../http/response/http-response';
import { UPSTREAM } from '../http/route/failure-responses';
import { Operation } from '../http/route/operation';
import { MinRevision } from '../registry/revision-header';
import { ApplyPricesDto } from './dto/apply-prices.dto';
import {
  APPLY_PRICES_EXAMPLES,
  PRICE_CHECK_EXAMPLE,
  PRICE_CHECK_RESULT_EXAMPLE,
} from './dto/price-check.examples';
import { PriceCheckResponse, PriceCheckResult } from './dto/price-check.response.dto';
import { PriceApplyService } from './price-apply.service';
import { PriceCheckService } from './price-check.service';

@ApiTags('Discovery')
@Controller('v1/llm-providers/:provider_id/price-check')
export class PriceCheckController {
  constructor(
    private readonly checks: PriceCheckService,
    private readonly applications: PriceApplyService,
  ) {}

  @Operation({
    id: 'checkPrices',
    registry: 'check',
    summary: "Compare a provider's prices with today's suggestions",
    description:
      "The models whose stored prices differ from those that the upstream's list states today, or else the price catalogue. Changes nothing. The list of the upstream is cached for two minutes.",
    response: PriceCheckResponse,
    example: PRICE_CHECK_EXAMPLE,
    etag: 'read',
    pages: true,
    writes: true,
    failures: ['ProviderNotFound', 'SecretUnusable', 'ListTooLarge', 'TooManyLargeResponses', ...UPSTREAM],
  })
  @QueryParameters(PAGE_PARAMETERS)
  @NeedsScope('providers:read')
  @Get()
  check(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @Query() query: Record<string, string>,
    @MinRevision() minRevision: number,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<HttpResponse> {
    return this.checks.check({ ...caller, signal }, id, parsePageQuery(query), minRevision);
  }

  @Operation({
    id: 'applyPrices',
    registry: 'write',
    summary: "Take over today's suggested prices",
    description:
      'Replaces the four rates and the price sheet of these models in one transaction, and keeps their multipliers. `If-Match` takes the ETag of the whole price check, so nothing changes if a price has changed since.',
    body: { type: ApplyPricesDto, examples: APPLY_PRICES_EXAMPLES },
    response: PriceCheckResult,
    example: PRICE_CHECK_RESULT_EXAMPLE,
    etag: 'write',
    idempotent: true,
    failures: ['ProviderNotFound', 'SecretUnusable', 'QuotaExceeded', 'ListTooLarge', ...UPSTREAM],
  })
  @NeedsScope('providers:write')
  @Post('apply')
  apply(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @Body() body: ApplyPricesDto,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<PriceCheckResult> {
    return this.applications.apply(caller, id, body, ifMatch);
  }
}

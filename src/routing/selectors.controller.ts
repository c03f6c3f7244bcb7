import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import { parsePageQuery } from '../common/pagination';
import { DisconnectSignal } from '../http/request/disconnect-signal.decorator';
import { PAGE_PARAMETERS, QueryParameters } from '../http/request/query.guard';
import type { HttpResponse } from '../http/response/http-response';
import { Operation } from '../http/route/operation';
import { MinRevision } from '../registry/revision-header';
import { SELECTOR_EXAMPLE } from './dto/selector.examples';
import { SelectorResponse } from './dto/selector.response.dto';
import { SelectorsService } from './selectors.service';

@ApiTags('Routing')
@Controller('v1/selectors')
export class SelectorsController {
  constructor(private readonly selectors: SelectorsService) {}

  @Operation({
    id: 'listSelectors',
    registry: 'read',
    summary: 'List the selectable models',
    description:
      'For a model picker. Lists every enabled model of an enabled provider whose key opens. Older providers come first, and within a provider higher priority, then older models.',
    response: [SelectorResponse],
    example: [SELECTOR_EXAMPLE],
    etag: 'read',
    failures: ['RoutingTooLarge', 'ListTooLarge', 'TooManyLargeResponses'],
  })
  @QueryParameters(PAGE_PARAMETERS)
  @NeedsScope('providers:read')
  @Get()
  list(
    @CurrentCaller() caller: Caller,
    @Query() query: Record<string, string>,
    @MinRevision() minRevision: number,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<HttpResponse> {
    return this.selectors.list({ ...caller, signal }, parsePageQuery(query), minRevision);
  }
}

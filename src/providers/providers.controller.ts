import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { parsePageQuery } from '../common/pagination';
import { PAGE_PARAMETERS, QueryParameters } from '../http/request/query.guard';
import { IfMatch } from '../http/response/etag';
import type { HttpResponse } from '../http/response/http-response';
import { Operation } from '../http/route/operation';
import { schemaRef } from '../http/schemas';
import { MinRevision } from '../registry/revision-header';
import { PROVIDER_KIND } from './dto/provider-fields';
import { CreateProviderDto, UpdateProviderDto } from './dto/provider.dto';
import {
  CREATE_PROVIDER_EXAMPLES,
  PROVIDER_EXAMPLE,
  UPDATE_PROVIDER_EXAMPLES,
} from './dto/provider.examples';
import { ProviderResponse } from './dto/provider.response.dto';
import { ProvidersListService, type ProvidersQuery } from './providers-list.service';
import { ProvidersService } from './providers.service';

@ApiTags('Providers')
@Controller('v1/llm-providers')
export class ProvidersController {
  constructor(
    private readonly providers: ProvidersService,
    private readonly lists: ProvidersListService,
  ) {}

  @Operation({
    id: 'listProviders',
    registry: 'read',
    summary: 'List providers with their models',
    description: 'Oldest first. Without `limit` the whole list comes.',
    response: [ProviderResponse],
    example: [PROVIDER_EXAMPLE],
    etag: 'read',
  })
  @QueryParameters({
    provider: { description: 'Only of this kind.', schema: schemaRef(PROVIDER_KIND) },
    name: { description: 'Only the one of this name, however it is written.', schema: { type: 'string' } },
    ...PAGE_PARAMETERS,
  })
  @NeedsScope('providers:read')
  @Get()
  list(
    @CurrentCaller() caller: Caller,
    @Query() query: Record<string, string>,
    @MinRevision() minRevision: number,
  ): Promise<HttpResponse> {
    return this.lists.list(caller, parseProvidersQuery(query), minRevision);
  }

  @Operation({
    id: 'createProvider',
    registry: 'write',
    summary: 'Create a provider',
    description:
      'The key is sealed before it is stored and never shown again. `base_url` is judged by the egress policy.',
    status: 201,
    body: { type: CreateProviderDto, examples: CREATE_PROVIDER_EXAMPLES },
    response: ProviderResponse,
    example: PROVIDER_EXAMPLE,
    idempotent: true,
    failures: ['NameConflict', 'EgressDenied'],
  })
  @NeedsScope('providers:write')
  @Post()
  create(@CurrentCaller() caller: Caller, @Body() body: CreateProviderDto): Promise<ProviderResponse> {
    return this.providers.create(caller, body);
  }

  @Operation({
    id: 'getProvider',
    registry: 'check',
    summary: 'Read a provider with its models',
    description: 'Secrets are not shown: of the key a short prefix, of secret headers `"***"`.',
    response: ProviderResponse,
    example: PROVIDER_EXAMPLE,
    etag: 'read',
    failures: ['ProviderNotFound'],
  })
  @NeedsScope('providers:read')
  @Get(':provider_id')
  get(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @MinRevision() minRevision: number,
  ): Promise<ProviderResponse> {
    return this.providers.get(caller, id, minRevision);
  }

  @Operation({
    id: 'updateProvider',
    registry: 'write',
    summary: 'Update a provider',
    description:
      'An absent field keeps its value, null clears it where it can be cleared. A change of kind or of the origin of `base_url` needs `api_key` in the same request, or a token with the scope `admin`.',
    body: { type: UpdateProviderDto, examples: UPDATE_PROVIDER_EXAMPLES },
    response: ProviderResponse,
    example: PROVIDER_EXAMPLE,
    etag: 'write',
    failures: ['ProviderNotFound', 'NameConflict', 'SecretUnusable', 'SecretsRequired', 'EgressDenied'],
  })
  @NeedsScope('providers:write')
  @Patch(':provider_id')
  update(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @Body() body: UpdateProviderDto,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<ProviderResponse> {
    return this.providers.update(caller, id, body, ifMatch);
  }

  @Operation({
    id: 'deleteProvider',
    registry: 'write',
    summary: 'Delete a provider with its models',
    description: 'At once and for good; its selectors match nothing from then on.',
    status: 204,
    etag: 'write',
    failures: ['ProviderNotFound'],
  })
  @NeedsScope('providers:write')
  @Delete(':provider_id')
  delete(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    return this.providers.delete(caller, id, ifMatch);
  }
}

function parseProvidersQuery(query: Record<string, string>): ProvidersQuery {
  const provider = PROVIDER_KIND.values.find((kind) => kind === query.provider) ?? null;
  if (query.provider !== undefined && provider === null) {
    throw new DomainError(
      'malformed',
      'query.provider',
      `provider must be one of ${PROVIDER_KIND.values.join(', ')}.`,
    );
  }
  const { limit, cursor } = parsePageQuery(query);
  return { limit, cursor, provider, name: query.name ?? null };
}

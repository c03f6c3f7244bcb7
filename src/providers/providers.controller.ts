import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { parsePageQuery } from '../common/pagination';
import { parseBooleanParameter } from '../http/request/boolean-parameter';
import { DisconnectSignal } from '../http/request/disconnect-signal.decorator';
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
    description: 'Oldest first.',
    response: [ProviderResponse],
    example: [PROVIDER_EXAMPLE],
    etag: 'read',
    failures: ['ListTooLarge', 'TooManyLargeResponses'],
  })
  @QueryParameters({
    provider: { description: 'Only providers of this kind.', schema: schemaRef(PROVIDER_KIND) },
    name: { description: 'Only the provider of this name, ignoring case.', schema: { type: 'string' } },
    enabled: {
      description: '`true`: only providers that are enabled. `false`: only those that are switched off.',
      schema: { type: 'boolean' },
    },
    ...PAGE_PARAMETERS,
  })
  @NeedsScope('providers:read')
  @Get()
  list(
    @CurrentCaller() caller: Caller,
    @Query() query: Record<string, string>,
    @MinRevision() minRevision: number,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<HttpResponse> {
    return this.lists.list({ ...caller, signal }, parseProvidersQuery(query), minRevision);
  }

  @Operation({
    id: 'createProvider',
    registry: 'write',
    summary: 'Create a provider',
    description:
      'The key is sealed before it is stored, and no response shows it. The egress policy checks `base_url`.',
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
    description: 'Secrets are not shown, except for a short prefix of the key. A secret header is `"***"`.',
    response: ProviderResponse,
    example: PROVIDER_EXAMPLE,
    etag: 'read',
    failures: ['ProviderNotFound', 'TooManyLargeResponses'],
  })
  @NeedsScope('providers:read')
  @Get(':provider_id')
  get(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @MinRevision() minRevision: number,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<HttpResponse> {
    return this.providers.get({ ...caller, signal }, id, minRevision);
  }

  @Operation({
    id: 'updateProvider',
    registry: 'write',
    summary: 'Update a provider',
    description:
      'An absent field keeps its value, and null clears a nullable field. A new kind or `base_url` (host or path) needs `api_key` and all secret headers in the same request, or the scope `admin`. If another token set `base_url`, a new `api_key` or secret header needs `base_url` in the same request, even with `If-Match`: the sender confirms where it will be sent.',
    body: { type: UpdateProviderDto, examples: UPDATE_PROVIDER_EXAMPLES },
    response: ProviderResponse,
    example: PROVIDER_EXAMPLE,
    etag: 'write',
    failures: [
      'ProviderNotFound',
      'NameConflict',
      'QuotaExceeded',
      'SecretUnusable',
      'SecretsRequired',
      'BaseUrlRequired',
      'EgressDenied',
    ],
  })
  @NeedsScope('providers:write')
  @Patch(':provider_id')
  update(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @Body() body: UpdateProviderDto,
    @IfMatch() ifMatch: string | undefined,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<HttpResponse> {
    return this.providers.update({ ...caller, signal }, id, body, ifMatch);
  }

  @Operation({
    id: 'deleteProvider',
    registry: 'write',
    summary: 'Delete a provider with its models',
    description: 'Immediate and permanent. The selectors of the provider match nothing afterwards.',
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
  const enabled = parseBooleanParameter('enabled', query.enabled);
  return { limit, cursor, provider, name: query.name ?? null, enabled };
}

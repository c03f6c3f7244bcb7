import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import { parseBooleanParameter } from '../http/request/boolean-parameter';
import { DisconnectSignal } from '../http/request/disconnect-signal.decorator';
import { QueryParameters } from '../http/request/query.guard';
import { UPSTREAM } from '../http/route/failure-responses';
import { Operation } from '../http/route/operation';
import { CheckService } from './check.service';
import { DiscoveryService } from './discovery.service';
import { AvailableModelsResponse } from './dto/available-models.response.dto';
import { CheckResponse } from './dto/check.response.dto';
import { DiscoverDto } from './dto/discover.dto';
import {
  AVAILABLE_MODELS_EXAMPLE,
  CHECK_EXAMPLE,
  DISCOVER_EXAMPLES,
  IMPORT_EXAMPLES,
  IMPORT_RESULT_EXAMPLE,
  PROVIDER_CHECK_EXAMPLE,
} from './dto/discovery.examples';
import { ImportModelsDto, ImportResult } from './dto/import-models.dto';
import { ImportService } from './import.service';

@ApiTags('Discovery')
@Controller('v1/llm-providers')
export class DiscoveryController {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly imports: ImportService,
    private readonly checks: CheckService,
  ) {}

  @Operation({
    id: 'discoverModels',
    summary: 'List the models of unsaved credentials',
    description:
      'Calls the upstream with the key in the body, and says in `key` whether that checked it. No stored key is used. Nothing is stored but an audit event without the key and the address.',
    body: { type: DiscoverDto, examples: DISCOVER_EXAMPLES },
    response: AvailableModelsResponse,
    example: {
      ...AVAILABLE_MODELS_EXAMPLE,
      models: AVAILABLE_MODELS_EXAMPLE.models.slice(0, 1),
      key: 'accepted',
    },
    writes: true,
    failures: UPSTREAM,
  })
  @NeedsScope('providers:write')
  @Post('discover')
  discover(
    @CurrentCaller() caller: Caller,
    @Body() body: DiscoverDto,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<AvailableModelsResponse> {
    return this.discovery.discover(caller, body, signal);
  }

  @Operation({
    id: 'listAvailableModels',
    summary: 'List the models that the upstream offers',
    description:
      'The list comes from the upstream and is cached for two minutes, and a failure for ten seconds. A change of the provider evicts it.',
    response: AvailableModelsResponse,
    example: AVAILABLE_MODELS_EXAMPLE,
    etag: 'read',
    writes: true,
    failures: ['ProviderNotFound', 'SecretUnusable', ...UPSTREAM],
  })
  @QueryParameters({
    refresh: {
      description: '`true` asks the upstream again instead of using the cache.',
      schema: { type: 'boolean' },
    },
  })
  @NeedsScope('providers:read')
  @Get(':provider_id/available-models')
  listAvailable(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @Query() query: Record<string, string>,
  ): Promise<AvailableModelsResponse> {
    return this.discovery.listAvailable(caller, id, parseBooleanParameter('refresh', query.refresh) ?? false);
  }

  @Operation({
    id: 'importModels',
    registry: 'write',
    summary: 'Import models that the upstream offers',
    description:
      'Adds the models in one transaction, in the order of the upstream. Existing models do not change. `default` is the default model afterwards, and why. `key` says whether the list checked the key.',
    body: { type: ImportModelsDto, examples: IMPORT_EXAMPLES },
    response: ImportResult,
    example: IMPORT_RESULT_EXAMPLE,
    idempotent: true,
    failures: ['ProviderNotFound', 'SecretUnusable', 'ModelConflict', ...UPSTREAM],
  })
  @NeedsScope('providers:write')
  @Post(':provider_id/models/import')
  import(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @Body() body: ImportModelsDto,
  ): Promise<ImportResult> {
    return this.imports.import(caller, id, body);
  }

  @Operation({
    id: 'testProvider',
    summary: "Test a provider's key and address",
    description:
      'Lists the models of the upstream, which is free. `key` says whether that checked the key, because some vendors list their models without one. If the upstream fails, the response is 200 with `ok: false`.',
    response: CheckResponse,
    example: PROVIDER_CHECK_EXAMPLE,
    writes: true,
    failures: ['ProviderNotFound', 'SecretUnusable', 'TooManyUpstreamCalls'],
  })
  @NeedsScope('providers:write')
  @Post(':provider_id/test')
  testProvider(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') id: string,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<CheckResponse> {
    return this.checks.testProvider(caller, id, signal);
  }

  @Operation({
    id: 'testProviderModel',
    registry: 'write',
    summary: 'Test a model with a probe request (costs money)',
    description:
      'Sends a probe request to the model. The vendor charges a few tokens. If the upstream fails, the response is 200 with `ok: false`.',
    response: CheckResponse,
    example: CHECK_EXAMPLE,
    failures: ['ProviderNotFound', 'ModelNotFound', 'SecretUnusable', 'TooManyUpstreamCalls'],
  })
  @NeedsScope('providers:write')
  @Post(':provider_id/models/:model_id/test')
  testModel(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') providerId: string,
    @Param('model_id') id: string,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<CheckResponse> {
    return this.checks.testModel(caller, providerId, id, signal);
  }
}

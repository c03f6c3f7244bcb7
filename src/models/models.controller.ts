import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import { parsePageQuery } from '../common/pagination';
import { DisconnectSignal } from '../http/request/disconnect-signal.decorator';
import { PAGE_PARAMETERS, QueryParameters } from '../http/request/query.guard';
import { IfMatch } from '../http/response/etag';
import type { HttpResponse } from '../http/response/http-response';
import { Operation } from '../http/route/operation';
import { MinRevision } from '../registry/revision-header';
import { CreateModelDto, UpdateModelDto } from './dto/model.dto';
import { CREATE_MODEL_EXAMPLES, MODEL_EXAMPLE, UPDATE_MODEL_EXAMPLES } from './dto/model.examples';
import { ModelResponse } from './dto/model.response.dto';
import { ModelsListService } from './models-list.service';
import { ModelsService } from './models.service';

@ApiTags('Models')
@Controller('v1/llm-providers/:provider_id/models')
export class ModelsController {
  constructor(
    private readonly models: ModelsService,
    private readonly lists: ModelsListService,
  ) {}

  @Operation({
    id: 'listProviderModels',
    registry: 'check',
    summary: "List a provider's models",
    description: 'Higher priority first, then oldest first.',
    response: [ModelResponse],
    example: [MODEL_EXAMPLE],
    etag: 'read',
    failures: ['ProviderNotFound', 'ListTooLarge', 'TooManyLargeResponses'],
  })
  @QueryParameters(PAGE_PARAMETERS)
  @NeedsScope('providers:read')
  @Get()
  list(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') providerId: string,
    @Query() query: Record<string, string>,
    @MinRevision() minRevision: number,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<HttpResponse> {
    return this.lists.list({ ...caller, signal }, providerId, parsePageQuery(query), minRevision);
  }

  @Operation({
    id: 'createProviderModel',
    registry: 'write',
    summary: 'Create a model under a provider',
    description:
      'The first model of a provider becomes its default, even with `is_default: false`. If another token set the `base_url` of the provider, repeat it with `PATCH` there before you send a secret header.',
    status: 201,
    body: { type: CreateModelDto, examples: CREATE_MODEL_EXAMPLES },
    response: ModelResponse,
    example: MODEL_EXAMPLE,
    idempotent: true,
    failures: ['ProviderNotFound', 'ModelConflict', 'BaseUrlRequired'],
  })
  @NeedsScope('providers:write')
  @Post()
  create(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') providerId: string,
    @Body() body: CreateModelDto,
  ): Promise<ModelResponse> {
    return this.models.create(caller, providerId, body);
  }

  @Operation({
    id: 'getProviderModel',
    registry: 'check',
    summary: 'Read a model',
    description: "The settings of the model itself, without the provider's `advanced_json`.",
    response: ModelResponse,
    example: MODEL_EXAMPLE,
    etag: 'read',
    failures: ['ProviderNotFound', 'ModelNotFound'],
  })
  @NeedsScope('providers:read')
  @Get(':model_id')
  get(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') providerId: string,
    @Param('model_id') id: string,
    @MinRevision() minRevision: number,
  ): Promise<ModelResponse> {
    return this.models.get(caller, providerId, id, minRevision);
  }

  @Operation({
    id: 'updateProviderModel',
    registry: 'write',
    summary: 'Update a model',
    description:
      'An absent field keeps its value. Null restores the default of a field that has one. If another token set the `base_url` of the provider, repeat it with `PATCH` there before you send a new secret header.',
    body: { type: UpdateModelDto, examples: UPDATE_MODEL_EXAMPLES },
    response: ModelResponse,
    example: MODEL_EXAMPLE,
    etag: 'write',
    failures: [
      'ProviderNotFound',
      'ModelNotFound',
      'ModelConflict',
      'QuotaExceeded',
      'SecretUnusable',
      'BaseUrlRequired',
    ],
  })
  @NeedsScope('providers:write')
  @Patch(':model_id')
  update(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') providerId: string,
    @Param('model_id') id: string,
    @Body() body: UpdateModelDto,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<ModelResponse> {
    return this.models.update(caller, providerId, id, body, ifMatch);
  }

  @Operation({
    id: 'deleteProviderModel',
    registry: 'write',
    summary: 'Delete a model',
    description:
      'If the model was the default, the remaining model with the highest priority becomes the default, an enabled one if there is any.',
    status: 204,
    etag: 'write',
    failures: ['ProviderNotFound', 'ModelNotFound'],
  })
  @NeedsScope('providers:write')
  @Delete(':model_id')
  delete(
    @CurrentCaller() caller: Caller,
    @Param('provider_id') providerId: string,
    @Param('model_id') id: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    return this.models.delete(caller, providerId, id, ifMatch);
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../../auth/caller';
import { Operation } from '../../http/route/operation';
import { MinRevision } from '../../registry/revision-header';
import { PROVIDER_HEALTH_EXAMPLE } from './dto/provider-health.examples';
import { ProviderHealthResponse } from './dto/provider-health.response.dto';
import { ProviderHealthService } from './provider-health.service';

@ApiTags('Providers')
@Controller('v1/llm-providers')
export class ProviderHealthController {
  constructor(private readonly service: ProviderHealthService) {}

  @Operation({
    id: 'getProviderHealth',
    registry: 'check',
    summary: 'Read the health of a provider and its models',
    description:
      'What the replica that responds has learned from calls of the gateway since it started. Replicas do not share their health, so another one may respond differently.',
    response: ProviderHealthResponse,
    example: PROVIDER_HEALTH_EXAMPLE,
    failures: ['ProviderNotFound', 'RoutingTooLarge'],
  })
  @NeedsScope('providers:read')
  @Get(':provider_id/health')
  get(
    @CurrentCaller() { accountId }: Caller,
    @Param('provider_id') id: string,
    @MinRevision() minRevision: number,
  ): Promise<ProviderHealthResponse> {
    return this.service.get(accountId, id, minRevision);
  }
}

import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import type { HttpResponse } from '../http/response/http-response';
import { Operation } from '../http/route/operation';
import { MinRevision } from '../registry/revision-header';
import { CostService } from './cost.service';
import { CostRequest } from './dto/cost.dto';
import { COST_EXAMPLE, COST_EXAMPLES } from './dto/cost.examples';
import { CostResponse } from './dto/cost.response.dto';

@ApiTags('Cost')
@Controller('v1/cost')
export class CostController {
  constructor(private readonly costs: CostService) {}

  @Operation({
    id: 'calculateCost',
    registry: 'read',
    summary: 'Calculate what a usage costs',
    description:
      "Uses the model's prices and exact decimals: multiplier × (Σ tokens/1000 × rate × adjustments + Σ units × rate). A kind of tokens without a rate takes that of a broader kind, and the cost is `assumed`. A missing input or output rate makes the cost null.",
    body: { type: CostRequest, examples: COST_EXAMPLES },
    response: CostResponse,
    example: COST_EXAMPLE,
    failures: ['NoRoute', 'ModelNotFound', 'RuleTooCostly', 'TooManyCostlyRequests', 'RoutingTooLarge'],
  })
  @NeedsScope('providers:read')
  @Post()
  calculate(
    @CurrentCaller() caller: Caller,
    @MinRevision() minRevision: number,
    @Body() body: CostRequest,
  ): Promise<HttpResponse> {
    return this.costs.calculate(caller, body, minRevision);
  }
}

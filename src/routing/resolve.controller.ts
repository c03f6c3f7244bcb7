import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import type { HttpResponse } from '../http/response/http-response';
import { Operation } from '../http/route/operation';
import { MinRevision } from '../registry/revision-header';
import { CheckRuleRequest, ResolveRequest } from './dto/resolve.dto';
import {
  CHECK_RULE_EXAMPLE,
  CHECK_RULE_EXAMPLES,
  RESOLVE_EXAMPLE,
  RESOLVE_EXAMPLES,
} from './dto/resolve.examples';
import { CheckRuleResponse, ResolveResponse } from './dto/resolve.response.dto';
import { ResolveService } from './resolve.service';

@ApiTags('Routing')
@NeedsScope('providers:read')
@Controller('v1/resolve')
export class ResolveController {
  constructor(private readonly service: ResolveService) {}

  @Operation({
    id: 'resolveSelector',
    registry: 'read',
    summary: 'Resolve a selector',
    description:
      'Returns the choice and its fallbacks, with configuration and rates. The order is: higher priority, more specific rule, default model, older model. `auto` selects the models whose rule matches, then the default models.',
    body: { type: ResolveRequest, examples: RESOLVE_EXAMPLES },
    response: ResolveResponse,
    example: RESOLVE_EXAMPLE,
    failures: ['NoRoute', 'RuleTooCostly', 'TooManyCostlyRequests', 'RoutingTooLarge'],
  })
  @Post()
  resolve(
    @CurrentCaller() caller: Caller,
    @Body() body: ResolveRequest,
    @MinRevision() minRevision: number,
  ): HttpResponse | Promise<HttpResponse> {
    return this.service.resolve(caller, body, minRevision);
  }

  @Operation({
    id: 'tryRule',
    summary: 'Check a rule',
    description: 'Returns whether a rule matches a context, and why not. Nothing is saved.',
    body: { type: CheckRuleRequest, examples: CHECK_RULE_EXAMPLES },
    response: CheckRuleResponse,
    example: CHECK_RULE_EXAMPLE,
    failures: ['RuleTooCostly', 'TooManyCostlyRequests'],
  })
  @Post('check')
  check(@CurrentCaller() caller: Caller, @Body() body: CheckRuleRequest): Promise<CheckRuleResponse> {
    return this.service.check(caller, body);
  }
}

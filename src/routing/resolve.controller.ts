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
      'The choice, and what to try where it fails, with configuration and rates. Highest priority first, then the more specific rule, the default, the older model. `auto`: models whose rule holds, then the defaults.',
    body: { type: ResolveRequest, examples: RESOLVE_EXAMPLES },
    response: ResolveResponse,
    example: RESOLVE_EXAMPLE,
    failures: ['NoRoute', 'RuleTooCostly'],
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
    summary: 'Try a rule',
    description: 'Whether a rule holds in a context, and if not, what decided. Nothing is saved.',
    body: { type: CheckRuleRequest, examples: CHECK_RULE_EXAMPLES },
    response: CheckRuleResponse,
    example: CHECK_RULE_EXAMPLE,
  })
  @Post('check')
  check(@Body() body: CheckRuleRequest): CheckRuleResponse {
    return this.service.check(body);
  }
}

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ConsideredRouteResponse } from '../../http/problem/problem.response.dto';
import { type RuleWarningResponse, WARNINGS } from '../../models/dto/rule-warning.response.dto';
import { RouteResponse } from './route.response.dto';

@ApiSchema({ name: 'Resolution', description: 'The choice for a selector, with its fallbacks.' })
export class ResolveResponse {
  @ApiProperty({ type: 'integer', description: 'The revision of the registry that the choice is based on.' })
  revision!: number;

  @ApiProperty({ type: RouteResponse, description: 'The first choice.' })
  selected!: RouteResponse;

  @ApiProperty({
    type: [RouteResponse],
    description:
      'What to try next if a call fails, in this order. At most `max_fallbacks`, and at most 1 MiB.',
  })
  fallbacks!: RouteResponse[];

  @ApiProperty({ type: 'boolean', description: 'Whether fallbacks were left out because of their size.' })
  fallbacks_truncated!: boolean;

  @ApiProperty({
    type: [ConsideredRouteResponse],
    required: false,
    description:
      'With `explain`: the candidates in order, then the excluded models. At most 1000, and at most 1 MiB.',
  })
  considered?: readonly ConsideredRouteResponse[];

  @ApiProperty({
    type: 'boolean',
    required: false,
    description: 'With `explain`: whether `considered` is incomplete.',
  })
  considered_truncated?: boolean;
}

@ApiSchema({ name: 'CheckRuleResult', description: 'Whether a rule matches a context.' })
export class CheckRuleResponse {
  @ApiProperty({ type: 'boolean', description: 'Whether the rule matches.' })
  matched!: boolean;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The path and values that decided against a match. Null: the rule matches.',
    example: '/tier expected "pro", got "free"',
  })
  reason!: string | null;

  @ApiProperty(WARNINGS)
  warnings?: RuleWarningResponse[];
}

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Considered } from '../../http/problem/problem.response.dto';
import { RouteResponse } from './route.response.dto';

@ApiSchema({ name: 'Resolution' })
export class ResolveResponse {
  @ApiProperty({ type: 'integer', description: 'The revision of the registry that this is the answer of.' })
  revision!: number;

  @ApiProperty({ type: RouteResponse, description: 'The choice.' })
  selected!: RouteResponse;

  @ApiProperty({
    type: [RouteResponse],
    description: 'What to try where the choice fails, in this order; a thousand at most.',
  })
  fallbacks!: RouteResponse[];

  @ApiProperty({
    type: [Considered],
    required: false,
    description: 'With `explain`: the candidates in their order, then what is excluded; a thousand at most.',
  })
  considered?: readonly Considered[];

  @ApiProperty({
    type: 'boolean',
    required: false,
    description: 'With `explain`: whether `considered` leaves any out.',
  })
  considered_truncated?: boolean;
}

@ApiSchema({ name: 'CheckRuleResult' })
export class CheckRuleResponse {
  @ApiProperty({ type: 'boolean' })
  matched!: boolean;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Why it does not hold: the path and values that decided. Null where it holds.',
    example: '/tier expected "pro", got "free"',
  })
  reason!: string | null;
}

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { namedEnum, ofSchema } from '../schemas';

@ApiSchema({ description: 'One invalid field of a request body.' })
export class FieldProblem {
  @ApiProperty({ type: 'string', description: 'JSON pointer (RFC 6901) to the field.', example: '/name' })
  pointer!: string;

  @ApiProperty({
    type: 'string',
    description: 'The rule that the field breaks. Stable; for programs.',
    example: 'required',
  })
  code!: string;

  @ApiProperty({
    type: 'string',
    description: 'What to send instead. For people.',
    example: 'Is required.',
  })
  detail!: string;
}

export const ROUTE_OUTCOME = namedEnum(
  'RouteOutcome',
  ['selected', 'fallback', 'excluded'],
  '`selected`: the first choice. `fallback`: a later choice. `excluded`: no choice; `reason` says why.',
);

@ApiSchema({
  name: 'ConsideredRoute',
  description: 'A model that routing considered, or a selector that matches no model.',
})
export class ConsideredRouteResponse {
  @ApiProperty({
    type: 'string',
    example: 'anthropic-main^claude-sonnet-4-20250514',
    description: 'The selector of the model, or the unmatched selector as it was sent.',
  })
  selector!: string;

  @ApiProperty(ofSchema(ROUTE_OUTCOME))
  outcome!: 'selected' | 'fallback' | 'excluded';

  @ApiProperty({
    type: 'string',
    description:
      'Why the model is a candidate and ranks before the next one, or why it is excluded. For people.',
    example: 'when: /tier expected "pro", got "free"',
  })
  reason!: string;
}

@ApiSchema({
  description:
    'The body of every error response (RFC 9457). Decide by `code`: it is stable, while `title` and `detail` may be reworded. [docs/errors.md](docs/errors.md) lists every code with its meaning and what to do.',
})
export class Problem {
  @ApiProperty({
    type: 'string',
    description: '`urn:caret:problem:` and the code.',
    example: 'urn:caret:problem:validation.failed',
  })
  type!: string;

  @ApiProperty({ type: 'string', description: 'The kind of error. For people.', example: 'Invalid' })
  title!: string;

  @ApiProperty({ type: 'integer', description: 'The HTTP status.', example: 422 })
  status!: number;

  @ApiProperty({ type: 'string', description: 'What is wrong and what to send. For people.' })
  detail!: string;

  @ApiProperty({ type: 'string', description: "The request's path.", example: '/v1/llm-providers' })
  instance!: string;

  @ApiProperty({
    type: 'string',
    description: 'The error. Stable; for programs.',
    example: 'validation.failed',
  })
  code!: string;

  @ApiProperty({ type: 'string', description: 'The same id as in `X-Request-Id` and in the log.' })
  trace_id!: string;

  @ApiProperty({
    type: () => [FieldProblem],
    required: false,
    description: 'The invalid fields, at most 100. Present when the error concerns fields of the body.',
  })
  errors?: FieldProblem[];

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'Seconds to wait, as in `Retry-After`. Present when an upstream sent it.',
  })
  retry_after?: number;
}

@ApiSchema({ description: 'A problem that explains why no model matches.' })
export class NoRouteProblem extends Problem {
  @ApiProperty({
    type: () => [ConsideredRouteResponse],
    required: false,
    description: 'Each model that was considered, at most 50. Present when `code` is `routing.no_route`.',
  })
  considered?: readonly ConsideredRouteResponse[];
}

const PRESENT = 'Present when `code` is `quota.exceeded`.';

@ApiSchema({ description: 'A problem that says which quota of the account a request exceeds.' })
export class QuotaProblem extends Problem {
  @ApiProperty({
    type: 'string',
    required: false,
    example: 'providers',
    description: `The name of the quota in \`GET /v1/account\`. ${PRESENT}`,
  })
  quota?: string;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    required: false,
    example: 2000,
    description: `What the account may have. ${PRESENT}`,
  })
  limit?: number;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    required: false,
    example: 2000,
    description: `What the account has. ${PRESENT}`,
  })
  used?: number;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    required: false,
    example: 1,
    description: `What the request adds. ${PRESENT}`,
  })
  requested?: number;
}

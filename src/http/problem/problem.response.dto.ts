import { ApiProperty } from '@nestjs/swagger';

export class FieldProblem {
  @ApiProperty({ type: 'string', description: 'JSON pointer (RFC 6901) to the field.', example: '/name' })
  pointer!: string;

  @ApiProperty({ type: 'string', description: 'Stable code of the rule.', example: 'name' })
  code!: string;

  @ApiProperty({ type: 'string', description: 'What would be right.' })
  detail!: string;
}

/** A model that routing looked at, or a selector that means nothing (then as it was written). */
export class Considered {
  @ApiProperty({ type: 'string', example: 'anthropic-main^claude-sonnet-4-20250514' })
  selector!: string;

  @ApiProperty({ type: 'string', enum: ['selected', 'fallback', 'excluded'] })
  outcome!: 'selected' | 'fallback' | 'excluded';

  @ApiProperty({
    type: 'string',
    description: 'Why it is a candidate and ranks before the next one, or why it is excluded. For a person.',
    example: 'when: /tier expected "pro", got "free"',
  })
  reason!: string;
}

/** Every error's body: RFC 9457, with a stable code. */
export class Problem {
  @ApiProperty({ type: 'string', example: 'urn:caret:problem:validation.failed' })
  type!: string;

  @ApiProperty({ type: 'string', example: 'Invalid' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 422 })
  status!: number;

  @ApiProperty({ type: 'string', description: 'For a person.' })
  detail!: string;

  @ApiProperty({ type: 'string', description: "The request's path.", example: '/v1/llm-providers' })
  instance!: string;

  @ApiProperty({ type: 'string', description: 'Stable; for programs.', example: 'validation.failed' })
  code!: string;

  @ApiProperty({ type: 'string', description: 'Also in X-Request-Id and in the log.' })
  trace_id!: string;

  @ApiProperty({ type: () => [FieldProblem], required: false, description: 'With 422: each invalid field.' })
  errors?: FieldProblem[];

  @ApiProperty({
    type: () => [Considered],
    required: false,
    description: 'With `routing.no_route`: what was considered, fifty at most.',
  })
  considered?: readonly Considered[];
}

import { ApiProperty } from '@nestjs/swagger';

export class FieldProblem {
  @ApiProperty({ type: 'string', description: 'JSON pointer (RFC 6901) to the field.', example: '/name' })
  pointer!: string;

  @ApiProperty({ type: 'string', description: 'Stable code of the rule.', example: 'name' })
  code!: string;

  @ApiProperty({ type: 'string', description: 'What would be right.' })
  detail!: string;
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
}

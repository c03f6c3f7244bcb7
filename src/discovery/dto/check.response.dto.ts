import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'TestError', description: 'Why a test failed.' })
export class CheckError {
  @ApiProperty({
    type: 'string',
    example: 'llm_providers.upstream_auth_failed',
    description: 'The error code, as in problems.',
  })
  code!: string;

  @ApiProperty({ type: 'string', description: 'What is wrong. For people.' })
  detail!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The HTTP status of the upstream. Null: it did not respond.',
  })
  upstream_status!: number | null;
}

@ApiSchema({ name: 'TestResult', description: 'The result of a test.' })
export class CheckResponse {
  @ApiProperty({ type: 'boolean', description: 'Whether the test passed.' })
  ok!: boolean;

  @ApiProperty({ type: 'integer', description: 'Duration in milliseconds.' })
  latency_ms!: number;

  @ApiProperty({
    type: CheckError,
    required: false,
    description: 'Why the test failed. Absent if it passed.',
  })
  error?: CheckError;
}

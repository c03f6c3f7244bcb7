import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'TestError' })
export class CheckError {
  @ApiProperty({ type: 'string', example: 'llm_providers.upstream_auth_failed' })
  code!: string;

  @ApiProperty({ type: 'string' })
  detail!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The HTTP status of the upstream, if it answered.',
  })
  upstream_status!: number | null;
}

@ApiSchema({ name: 'TestResult' })
export class CheckResponse {
  @ApiProperty({ type: 'boolean' })
  ok!: boolean;

  @ApiProperty({ type: 'integer', description: 'Milliseconds.' })
  latency_ms!: number;

  @ApiProperty({ type: CheckError, required: false })
  error?: CheckError;
}

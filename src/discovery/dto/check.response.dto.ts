import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ofSchema } from '../../http/schemas';
import type { KeyCheckResult } from '../key-check';
import { KEY_CHECK, KEY_DETAIL } from './key-check.fields';

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

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'Seconds to wait, if the upstream sent `Retry-After`.',
  })
  retry_after?: number;
}

@ApiSchema({ name: 'TestResult', description: 'The result of a test.' })
export class CheckResponse {
  @ApiProperty({ type: 'boolean', description: 'Whether the test passed.' })
  ok!: boolean;

  @ApiProperty({ type: 'integer', description: 'Duration in milliseconds.' })
  latency_ms!: number;

  @ApiProperty({
    ...ofSchema(KEY_CHECK),
    required: false,
    description: 'What the test of a provider says about its key. Absent for models and if the test failed.',
  })
  key?: KeyCheckResult;

  @ApiProperty(KEY_DETAIL)
  detail?: string;

  @ApiProperty({
    type: CheckError,
    required: false,
    description: 'Why the test failed. Absent if it passed.',
  })
  error?: CheckError;
}

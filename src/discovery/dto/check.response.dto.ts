import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { namedEnum, ofSchema } from '../../http/schemas';
import { KEY_CHECKS, type KeyCheckResult } from '../key-check';

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

export const KEY_CHECK = namedEnum<KeyCheckResult>(
  'KeyCheck',
  KEY_CHECKS,
  '`accepted`: the upstream accepts the key. `not_checked`: it lists its models without a key too; `detail` says more.',
);

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

  @ApiProperty({
    type: 'string',
    required: false,
    description: 'Why the key was not checked, and what to do. For people.',
  })
  detail?: string;

  @ApiProperty({
    type: CheckError,
    required: false,
    description: 'Why the test failed. Absent if it passed.',
  })
  error?: CheckError;
}

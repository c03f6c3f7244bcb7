import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { namedEnum, ofSchema, TIME } from '../../http/schemas';

/** Inline, because of `SecretStatus`: see {@link namedEnum}. */
const CHECK_STATE = { type: 'string', enum: ['ok', 'failed'] } as const;

export const READINESS_STATUS = namedEnum(
  'ReadinessStatus',
  ['ready', 'not_ready'],
  '`ready`: every check is `ok`.',
);

@ApiSchema({ name: 'Liveness' })
export class LivenessResponse {
  @ApiProperty({ type: 'string', enum: ['ok'] })
  status!: 'ok';

  @ApiProperty({ type: 'string', description: 'The version of Caret that this process runs.' })
  version!: string;
}

export class ReadinessChecks {
  @ApiProperty({ ...CHECK_STATE, description: 'A real table can be read.' })
  database!: string;

  @ApiProperty({ ...CHECK_STATE, description: 'The active encryption key opens its canary.' })
  encryption_key!: string;

  @ApiProperty({ ...CHECK_STATE, description: '`failed` once the process is shutting down.' })
  accepting!: string;
}

@ApiSchema({ name: 'Readiness' })
export class ReadinessResponse {
  @ApiProperty(ofSchema(READINESS_STATUS))
  status!: 'ready' | 'not_ready';

  @ApiProperty({ type: ReadinessChecks })
  checks!: ReadinessChecks;

  @ApiProperty({
    ...TIME,
    nullable: true,
    description:
      'Since when routing answers from the last registry it knew, the database being away. Null: it is current.',
  })
  routing_stale_since!: string | null;
}

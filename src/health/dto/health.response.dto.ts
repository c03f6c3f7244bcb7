import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { namedEnum, ofSchema, TIME } from '../../http/schemas';

export const CHECK_STATE = namedEnum('CheckState', ['ok', 'failed'], 'The outcome of one check.');

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
  @ApiProperty({ ...ofSchema(CHECK_STATE), description: 'A real table can be read.' })
  database!: string;

  @ApiProperty({ ...ofSchema(CHECK_STATE), description: 'The active encryption key opens its canary.' })
  encryption_key!: string;

  @ApiProperty({ ...ofSchema(CHECK_STATE), description: '`failed` once the process is shutting down.' })
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

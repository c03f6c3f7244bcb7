import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { namedEnum, ofSchema, TIME } from '../../http/schemas';

/** Inline, because of `SecretStatus`: see {@link namedEnum}. */
const CHECK_STATE = { type: 'string', enum: ['ok', 'failed'] } as const;
const KEY_STATE = { type: 'string', enum: ['ok', 'failed', 'unknown'] } as const;

export const READINESS_STATUS = namedEnum(
  'ReadinessStatus',
  ['ready', 'not_ready'],
  '`ready`: every check is `ok`.',
);

@ApiSchema({ name: 'Liveness', description: 'A process that is alive.' })
export class LivenessResponse {
  @ApiProperty({ type: 'string', enum: ['ok'], description: 'Always `ok`.' })
  status!: 'ok';

  @ApiProperty({ type: 'string', description: 'The version of Caret that this process runs.' })
  version!: string;
}

@ApiSchema({ description: 'The checks of readiness.' })
export class ReadinessChecks {
  @ApiProperty({ ...CHECK_STATE, description: 'Whether Caret can read a table.' })
  database!: string;

  @ApiProperty({
    ...KEY_STATE,
    description:
      'Whether the active encryption key opens its canary. `unknown` while the database is unavailable.',
  })
  encryption_key!: string;

  @ApiProperty({ ...CHECK_STATE, description: '`failed` while the process shuts down.' })
  accepting!: string;
}

@ApiSchema({ name: 'Readiness', description: 'Whether requests can be served.' })
export class ReadinessResponse {
  @ApiProperty(ofSchema(READINESS_STATUS))
  status!: 'ready' | 'not_ready';

  @ApiProperty({ type: ReadinessChecks, description: 'The checks.' })
  checks!: ReadinessChecks;

  @ApiProperty({
    ...TIME,
    nullable: true,
    description:
      'Since when routing uses the last known registry because the database is unavailable. Null: the registry is current.',
  })
  routing_stale_since!: string | null;

  @ApiProperty({
    type: 'string',
    enum: ['ok', 'degraded'],
    description:
      '`degraded`: rows of the ledger were dropped in the last minute, or the usage journal is full. Calls are served.',
  })
  usage!: 'ok' | 'degraded';
}

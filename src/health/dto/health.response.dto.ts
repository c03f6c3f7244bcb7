import { ApiProperty } from '@nestjs/swagger';
import { TIME } from '../../http/route/schemas';

const STATE = { type: 'string', enum: ['ok', 'failed'] } as const;

export class LivenessResponse {
  @ApiProperty({ type: 'string', enum: ['ok'] })
  status!: 'ok';

  @ApiProperty({ type: 'string', description: 'The version of Caret that this process runs.' })
  version!: string;
}

export class ReadinessChecks {
  @ApiProperty({ ...STATE, description: 'A real table can be read.' })
  database!: string;

  @ApiProperty({ ...STATE, description: 'The active encryption key opens its canary.' })
  encryption_key!: string;

  @ApiProperty({ ...STATE, description: '`failed` once the process is shutting down.' })
  accepting!: string;
}

export class ReadinessResponse {
  @ApiProperty({ type: 'string', enum: ['ready', 'not_ready'] })
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

import { ApiProperty } from '@nestjs/swagger';
import { TIME, UUID } from '../../http/route/schemas';
import type { AuditEvent, FieldChanges } from '../audit-event.entity';

/** Any JSON value; spelled out, or generated clients would know nothing of it. */
const ANY_VALUE = { type: ['string', 'number', 'boolean', 'object', 'array', 'null'] };

export class AuditActor {
  @ApiProperty({ ...UUID, nullable: true, description: 'Null for the command line.' })
  token_id!: string | null;

  @ApiProperty({ type: 'string' })
  token_name!: string;
}

export class AuditResource {
  @ApiProperty({ type: 'string', example: 'provider' })
  type!: string;

  @ApiProperty(UUID)
  id!: string;

  @ApiProperty({ type: 'string' })
  name!: string;
}

export class AuditEventResponse {
  @ApiProperty(UUID)
  id!: string;

  @ApiProperty(TIME)
  at!: string;

  @ApiProperty({ type: AuditActor })
  actor!: AuditActor;

  @ApiProperty({ type: 'string', example: 'provider.update' })
  action!: string;

  @ApiProperty({ type: AuditResource })
  resource!: AuditResource;

  @ApiProperty({
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { before: ANY_VALUE, after: ANY_VALUE },
      required: ['before', 'after'],
    },
    description: 'Each changed field; secrets as `"***"`.',
  })
  changes!: FieldChanges;

  @ApiProperty({ type: 'string', description: "The request's X-Request-Id." })
  trace_id!: string;
}

export function toAuditEventResponse(event: AuditEvent): AuditEventResponse {
  return {
    id: event.id,
    at: event.at,
    actor: { token_id: event.tokenId, token_name: event.tokenName },
    action: event.action,
    resource: { type: event.resourceType, id: event.resourceId, name: event.resourceName },
    changes: event.changes ?? {},
    trace_id: event.traceId,
  };
}

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type NamedSchema, schemaRef, TIME, UUID } from '../../http/schemas';
import type { AuditEvent, FieldChanges } from '../audit-event.entity';

/** The values have no `type`, because they are any JSON value. */
export const FIELD_CHANGE: NamedSchema = {
  name: 'FieldChange',
  schema: {
    type: 'object',
    properties: {
      before: { description: 'Any JSON value. A secret is `"***"`. Null when the resource was created.' },
      after: { description: 'Any JSON value. A secret is `"***"`. Null when the resource was deleted.' },
    },
    required: ['before', 'after'],
    description: 'One field of a changed resource.',
  },
};

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

@ApiSchema({ name: 'AuditEvent' })
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
    additionalProperties: schemaRef(FIELD_CHANGE),
    description: 'The changed fields by name.',
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

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
    description:
      'One field of a changed resource, in at most 4 KiB. A list shows at most 100 names; a longer one is `{count, first}`. Any other long value is `{bytes, sha256}` of its JSON.',
  },
};

@ApiSchema({ description: 'The token that made a change.' })
export class AuditActor {
  @ApiProperty({ ...UUID, nullable: true, description: 'The id of the token. Null for the command line.' })
  token_id!: string | null;

  @ApiProperty({ type: 'string', description: 'The name of the token at the time of the change.' })
  token_name!: string;
}

@ApiSchema({ description: 'The changed resource.' })
export class AuditResource {
  @ApiProperty({ type: 'string', example: 'provider', description: 'The kind of resource.' })
  type!: string;

  @ApiProperty({ ...UUID, description: 'The id of the resource.' })
  id!: string;

  @ApiProperty({ type: 'string', description: 'The name of the resource at the time of the change.' })
  name!: string;
}

@ApiSchema({ name: 'AuditEvent', description: 'One change.' })
export class AuditEventResponse {
  @ApiProperty({ ...UUID, description: 'The id of the event.' })
  id!: string;

  @ApiProperty({ ...TIME, description: 'When the change was made.' })
  at!: string;

  @ApiProperty({ type: AuditActor, description: 'Who made the change.' })
  actor!: AuditActor;

  @ApiProperty({
    type: 'string',
    example: 'provider.update',
    description: 'The kind of resource and what happened to it.',
  })
  action!: string;

  @ApiProperty({ type: AuditResource, description: 'What was changed.' })
  resource!: AuditResource;

  @ApiProperty({
    type: 'object',
    additionalProperties: schemaRef(FIELD_CHANGE),
    description: 'The changed fields by name.',
  })
  changes!: FieldChanges;

  @ApiProperty({ type: 'string', description: 'The `X-Request-Id` of the request.' })
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

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type NamedSchema, schemaRef, TIME, UUID } from '../../http/schemas';
import { AUDIT_ACTIONS } from '../audit-actions';
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

@ApiSchema({ description: 'The token that caused an event.' })
export class AuditActor {
  @ApiProperty({
    ...UUID,
    nullable: true,
    description:
      'The id of the token. Null for Caret itself, the command line, several tokens, and requests whose token was not valid.',
  })
  token_id!: string | null;

  @ApiProperty({
    type: 'string',
    description:
      'The name of the token at the time of the event, or `command line`, `start`, `first start`, `retention`, `unauthenticated`, or `others` for several tokens.',
  })
  token_name!: string;
}

@ApiSchema({ description: 'What an event is about.' })
export class AuditResource {
  @ApiProperty({ type: 'string', example: 'provider', description: 'The kind of resource.' })
  type!: string;

  @ApiProperty({
    ...UUID,
    nullable: true,
    description:
      'The id of the resource. Null for an encryption key, for credentials that are not stored, and for several tokens.',
  })
  id!: string | null;

  @ApiProperty({ type: 'string', description: 'The name of the resource at the time of the change.' })
  name!: string;
}

@ApiSchema({ name: 'AuditEvent', description: 'A change, a use of a key, or denied requests.' })
export class AuditEventResponse {
  @ApiProperty({ ...UUID, description: 'The id of the event.' })
  id!: string;

  @ApiProperty({ ...TIME, description: 'When the event was recorded.' })
  at!: string;

  @ApiProperty({ type: AuditActor, description: 'Who caused the event.' })
  actor!: AuditActor;

  @ApiProperty({
    type: 'string',
    example: 'provider.update',
    description: `The kind of resource and what happened to it. Later versions may add actions. ${listActions()}`,
  })
  action!: string;

  @ApiProperty({ type: AuditResource, description: 'What the event is about.' })
  resource!: AuditResource;

  @ApiProperty({
    type: 'object',
    additionalProperties: schemaRef(FIELD_CHANGE),
    description: 'The changed fields by name.',
  })
  changes!: FieldChanges;

  @ApiProperty({
    type: 'string',
    description: 'The `X-Request-Id` of the request, of the first one for several requests.',
  })
  trace_id!: string;
}

function listActions(): string {
  return Object.entries(AUDIT_ACTIONS)
    .map(([action, meaning]) => `\`${action}\`: ${meaning}`)
    .join(' ');
}

export function toAuditEventResponse(event: AuditEvent): AuditEventResponse {
  return {
    id: event.id,
    at: event.at,
    actor: { token_id: event.tokenId, token_name: event.tokenName },
    action: event.action,
    resource: { type: event.resourceType, id: event.resourceId || null, name: event.resourceName },
    changes: event.changes ?? {},
    trace_id: event.traceId,
  };
}

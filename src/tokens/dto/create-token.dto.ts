import { ApiSchema } from '@nestjs/swagger';
import { type Scope, SCOPES } from '../../auth/scopes';
import type { RuleViolation } from '../../common/domain-error';
import { FutureTimeField, IntegerField, NameField } from '../../http/request/common-fields';
import { Field } from '../../http/request/field';
import { OptionalBody } from '../../http/request/validate-body';
import { schemaRef } from '../../http/schemas';
import { SCOPE } from './token.response.dto';

function ScopesField(): PropertyDecorator {
  return Field({
    presence: 'required',
    schema: {
      type: 'array',
      items: schemaRef(SCOPE),
      minItems: 1,
      description: 'What the token may do, each scope once. At most the scopes of the calling token.',
      example: ['providers:read'],
    },
    problem: scopesProblem,
  });
}

function scopesProblem(value: unknown): RuleViolation | null {
  const allowed = `Must be a list of different scopes: ${SCOPES.join(', ')}.`;
  if (!Array.isArray(value)) return { code: 'type', detail: allowed };
  if (!value.every((scope) => SCOPES.includes(scope as Scope))) return { code: 'enum', detail: allowed };
  if (value.length === 0) return { code: 'length', detail: 'Must have at least one scope.' };
  return new Set(value).size === value.length
    ? null
    : { code: 'unique', detail: 'Must have each scope once.' };
}

@ApiSchema({ name: 'CreateTokenRequest', description: 'A token to create.' })
export class CreateTokenDto {
  @NameField('required', { description: 'What the token is for.', example: 'checkout service' })
  name!: string;

  @ScopesField()
  scopes!: Scope[];

  @FutureTimeField('nullable', {
    description: 'When the token expires. Null or absent: never.',
    example: '2030-01-01T00:00:00.000Z',
  })
  expires_at?: string | null;
}

/** One day. */
const MAX_OVERLAP_SECONDS = 86_400;

@ApiSchema({ name: 'RotateTokenRequest', description: 'How to rotate a token.' })
@OptionalBody()
export class RotateTokenDto {
  @IntegerField(
    'optional',
    {
      description: 'Seconds that the old secret stays valid, unless another rotation ends it. Default: 3600.',
      example: 3600,
    },
    { minimum: 0, maximum: MAX_OVERLAP_SECONDS },
  )
  overlap_seconds?: number;
}

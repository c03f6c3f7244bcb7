import { ApiSchema } from '@nestjs/swagger';
import { type Scope, SCOPES } from '../../auth/scopes';
import { FutureTimeField, IntegerField, NameField } from '../../http/request/common-fields';
import { Field } from '../../http/request/field';
import { OptionalBody } from '../../http/request/validate-body';
import { schemaRef } from '../../http/schemas';
import { SCOPE } from './token.response.dto';

/** At least one scope, each once. */
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
    code: 'scopes',
    problem: (value) => {
      const known = Array.isArray(value) && value.every((scope) => SCOPES.includes(scope as Scope));
      const distinct = known && new Set(value).size === value.length && value.length > 0;
      return distinct ? null : `must be a list of different scopes from ${SCOPES.join(', ')}`;
    },
  });
}

@ApiSchema({ name: 'CreateTokenRequest' })
export class CreateTokenDto {
  @NameField('required', { description: 'What the token is for.', example: 'checkout service' })
  name!: string;

  @ScopesField()
  scopes!: Scope[];

  @FutureTimeField('nullable', {
    description: 'When the token ends; never, if left out.',
    example: '2030-01-01T00:00:00.000Z',
  })
  expires_at?: string | null;
}

/** A day. */
const MAX_OVERLAP_SECONDS = 86_400;

@ApiSchema({ name: 'RotateTokenRequest' })
@OptionalBody()
export class RotateTokenDto {
  @IntegerField(
    'optional',
    { description: 'Seconds that the old secret stays valid. Default: 3600.', example: 3600 },
    { minimum: 0, maximum: MAX_OVERLAP_SECONDS },
  )
  overlap_seconds?: number;
}

import { type Scope, SCOPES } from '../../auth/scopes';
import { FutureTimeField, IntegerField, NameField } from '../../http/request/common-fields';
import { Field } from '../../http/request/field';
import { OptionalBody } from '../../http/request/validate-body';

/** At least one scope, each once. */
function ScopesField(): PropertyDecorator {
  return Field({
    presence: 'required',
    schema: {
      type: 'array',
      items: { type: 'string', enum: [...SCOPES] },
      minItems: 1,
      uniqueItems: true,
      description: 'What the token may do; never more than the token that makes it.',
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

@OptionalBody()
export class RotateTokenDto {
  @IntegerField(
    'optional',
    { description: 'How long the old secret lives on, in seconds.', default: 3600, example: 3600 },
    { minimum: 0, maximum: MAX_OVERLAP_SECONDS },
  )
  overlap_seconds?: number;
}

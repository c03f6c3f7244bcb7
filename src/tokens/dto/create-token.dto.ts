import { ApiSchema } from '@nestjs/swagger';
import { type Scope, SCOPES } from '../../auth/scopes';
import type { RuleViolation } from '../../common/domain-error';
import { MAX_TAG_LENGTH } from '../../common/text-rules';
import { BooleanField, FutureTimeField, IntegerField, NameField } from '../../http/request/common-fields';
import { DeepField, Field } from '../../http/request/field';
import { OptionalBody } from '../../http/request/validate-body';
import { schemaRef } from '../../http/schemas';
import { allowedSelectorsProblems, MAX_ALLOWED_SELECTORS } from '../../selectors/allowed-selectors';
import { MAX_SELECTOR_LENGTH } from '../../selectors/selector';
import { MAX_TAGS, tokenTagsProblems } from '../token-tags';
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

  @DeepField({
    presence: 'nullable',
    schema: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: MAX_SELECTOR_LENGTH },
      minItems: 1,
      maxItems: MAX_ALLOWED_SELECTORS,
      description:
        'The models that the token may use through the gateway: `provider^model`, `provider^` (its default), `provider^*` (all of its models), `model`, `#tag` or `provider^#tag`. At most 8 KiB as JSON. Null or absent: all models of the account, also future ones. A token with allowed selectors creates only tokens whose selectors are within its own.',
      example: ['anthropic-main^*', '#fast'],
    },
    check: allowedSelectorsProblems,
  })
  allowed_selectors?: string[] | null;

  @DeepField({
    presence: 'nullable',
    schema: {
      type: 'object',
      additionalProperties: { type: 'string', minLength: 1, maxLength: MAX_TAG_LENGTH },
      maxProperties: MAX_TAGS,
      description:
        'Keys and values that are copied to the rows of its usage, and that rules read at `token.tags`. A key has letters, digits, hyphens and underscores. Null or absent: none.',
      example: { team: 'checkout' },
    },
    check: tokenTagsProblems,
  })
  tags?: Record<string, string> | null;

  @BooleanField('optional', {
    description:
      'False ignores the `x-caret-*` headers of its requests, for applications that forward headers of their users. Default: true.',
    example: true,
  })
  caret_headers?: boolean;
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

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { parseScopes, SCOPES, type Scope } from '../../auth/scopes';
import { namedEnum, schemaRef, TIME, UUID } from '../../http/schemas';
import type { ApiToken } from '../api-token.entity';

export const SCOPE = namedEnum(
  'Scope',
  SCOPES,
  'A permission. `admin` includes every other scope, `providers:write` includes `providers:read`.',
);

@ApiSchema({ name: 'Token', description: 'A bearer token, without its secret.' })
export class TokenResponse {
  @ApiProperty({ ...UUID, description: 'The id of the token.' })
  id!: string;

  @ApiProperty({ type: 'string', example: 'checkout service', description: 'What the token is for.' })
  name!: string;

  @ApiProperty({
    type: 'array',
    items: schemaRef(SCOPE),
    example: ['providers:read'],
    description: 'What the token may do.',
  })
  scopes!: Scope[];

  @ApiProperty({ ...TIME, nullable: true, description: 'When the token expires. Null: never.' })
  expires_at!: string | null;

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    nullable: true,
    example: ['anthropic-main^*', '#fast'],
    description: 'The selectors of the models that the token may use. Null: all, also future ones.',
  })
  allowed_selectors!: readonly string[] | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    nullable: true,
    example: { team: 'checkout' },
    description: 'Keys and values in the rows of its usage, which rules read at `token.tags`. Null: none.',
  })
  tags!: Readonly<Record<string, string>> | null;

  @ApiProperty({
    type: 'boolean',
    example: true,
    description: 'Whether the `x-caret-*` headers of its requests apply.',
  })
  caret_headers!: boolean;

  @ApiProperty({
    ...TIME,
    nullable: true,
    description: 'When the token was last used, accurate to one minute. Null: never.',
  })
  last_used_at!: string | null;

  @ApiProperty({ ...TIME, description: 'When the token was created.' })
  created_at!: string;
}

@ApiSchema({ name: 'TokenWithSecret', description: 'A new or rotated bearer token.' })
export class TokenWithSecretResponse extends TokenResponse {
  @ApiProperty({
    type: 'string',
    description:
      'The secret, which is the bearer token itself. Absent when an `Idempotency-Key` is repeated.',
    required: false,
  })
  token?: string;
}

export function toTokenResponse(token: ApiToken): TokenResponse {
  return {
    id: token.id,
    name: token.name,
    scopes: parseScopes(token.scopes),
    expires_at: token.expiresAt,
    allowed_selectors: token.allowedSelectors === undefined ? [] : token.allowedSelectors,
    tags: token.tags ?? null,
    caret_headers: token.caretHeaders,
    last_used_at: token.lastUsedAt,
    created_at: token.createdAt,
  };
}

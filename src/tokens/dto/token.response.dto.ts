import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { parseScopes, SCOPES, type Scope } from '../../auth/scopes';
import { namedEnum, schemaRef, TIME, UUID } from '../../http/schemas';
import type { ApiToken } from '../api-token.entity';

export const SCOPE = namedEnum(
  'Scope',
  SCOPES,
  'A permission. `admin` includes every other scope, `providers:write` includes `providers:read`.',
);

@ApiSchema({ name: 'Token' })
export class TokenResponse {
  @ApiProperty(UUID)
  id!: string;

  @ApiProperty({ type: 'string', example: 'checkout service' })
  name!: string;

  @ApiProperty({ type: 'array', items: schemaRef(SCOPE), example: ['providers:read'] })
  scopes!: Scope[];

  @ApiProperty({ ...TIME, nullable: true, description: 'Null: it does not expire.' })
  expires_at!: string | null;

  @ApiProperty({ ...TIME, nullable: true, description: 'Accurate to a minute.' })
  last_used_at!: string | null;

  @ApiProperty(TIME)
  created_at!: string;
}

@ApiSchema({ name: 'TokenWithSecret' })
export class TokenWithSecretResponse extends TokenResponse {
  @ApiProperty({
    type: 'string',
    description:
      'The bearer token. Shown this once and never again; absent when an Idempotency-Key is replayed.',
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
    last_used_at: token.lastUsedAt,
    created_at: token.createdAt,
  };
}

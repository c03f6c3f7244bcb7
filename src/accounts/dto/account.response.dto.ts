import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Scope } from '../../auth/scopes';
import { schemaRef, TIME, UUID } from '../../http/schemas';
import { SCOPE } from '../../tokens/dto/token.response.dto';

@ApiSchema({ name: 'AccountToken', description: 'The token of the caller.' })
export class AccountTokenResponse {
  @ApiProperty({ ...UUID, description: 'The id of the token.' })
  id!: string;

  @ApiProperty({ type: 'string', description: 'What the token is for.' })
  name!: string;

  @ApiProperty({ type: 'array', items: schemaRef(SCOPE), description: 'What the token may do.' })
  scopes!: Scope[];

  @ApiProperty({ ...TIME, nullable: true, description: 'When the token expires. Null: never.' })
  expires_at!: string | null;
}

@ApiSchema({ name: 'Quota', description: 'A limit of the account, and how much of it is used.' })
export class QuotaResponse {
  @ApiProperty({
    type: 'integer',
    format: 'int64',
    nullable: true,
    description: 'What the account may have. Null: no limit.',
  })
  limit!: number | null;

  @ApiProperty({ type: 'integer', format: 'int64', description: 'What the account has.' })
  used!: number;
}

@ApiSchema({
  name: 'AccountQuotas',
  description:
    'What the account may store. A write beyond a quota is rejected with 409 `quota.exceeded`. One that removes something is always possible.',
})
export class AccountQuotasResponse {
  @ApiProperty({ type: QuotaResponse, description: 'Providers.' })
  providers!: QuotaResponse;

  @ApiProperty({ type: QuotaResponse, description: 'Models of all providers.' })
  models!: QuotaResponse;

  @ApiProperty({
    type: QuotaResponse,
    description:
      'Bytes in UTF-8 of the names, base URLs, tags, rules, JSON and sealed secrets of providers and models. Responses that are stored for an `Idempotency-Key` count, too.',
  })
  registry_bytes!: QuotaResponse;

  @ApiProperty({
    type: QuotaResponse,
    description:
      'Tokens. An expired one counts until it is deleted, at the latest seven days after its expiry.',
  })
  tokens!: QuotaResponse;
}

@ApiSchema({ name: 'Account', description: 'The account of the caller.' })
export class AccountResponse {
  @ApiProperty({ ...UUID, description: 'The id of the account.' })
  id!: string;

  @ApiProperty({ type: 'string', example: 'default', description: 'The name of the account.' })
  name!: string;

  @ApiProperty({ type: AccountTokenResponse, description: 'The token of the caller.' })
  token!: AccountTokenResponse;

  @ApiProperty({
    type: 'integer',
    description: "The revision of the account's providers and models. Each change increases it.",
  })
  revision!: number;

  @ApiProperty({
    type: AccountQuotasResponse,
    description: 'What the account may store, and what it stores.',
  })
  quotas!: AccountQuotasResponse;
}

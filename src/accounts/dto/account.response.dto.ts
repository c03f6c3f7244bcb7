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
}

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Scope } from '../../auth/scopes';
import { schemaRef, TIME, UUID } from '../../http/schemas';
import { SCOPE } from '../../tokens/dto/token.response.dto';

@ApiSchema({ name: 'AccountToken' })
export class AccountTokenResponse {
  @ApiProperty(UUID)
  id!: string;

  @ApiProperty({ type: 'string' })
  name!: string;

  @ApiProperty({ type: 'array', items: schemaRef(SCOPE) })
  scopes!: Scope[];

  @ApiProperty({ ...TIME, nullable: true })
  expires_at!: string | null;
}

@ApiSchema({ name: 'Account' })
export class AccountResponse {
  @ApiProperty(UUID)
  id!: string;

  @ApiProperty({ type: 'string', example: 'default' })
  name!: string;

  @ApiProperty({ type: AccountTokenResponse, description: 'The token that asks.' })
  token!: AccountTokenResponse;

  @ApiProperty({
    type: 'integer',
    description: "Grows with every change of the account's providers and models.",
  })
  revision!: number;
}

import { ApiProperty } from '@nestjs/swagger';
import { SCOPES, type Scope } from '../../auth/scopes';
import { TIME, UUID } from '../../http/route/schemas';

export class AccountTokenResponse {
  @ApiProperty(UUID)
  id!: string;

  @ApiProperty({ type: 'string' })
  name!: string;

  @ApiProperty({ type: 'array', items: { type: 'string', enum: [...SCOPES] } })
  scopes!: Scope[];

  @ApiProperty({ ...TIME, nullable: true })
  expires_at!: string | null;
}

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

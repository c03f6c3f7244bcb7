import { ApiProperty } from '@nestjs/swagger';
import { SCOPES, type Scope } from '../scopes';

export class AccountTokenResponse {
  @ApiProperty({ type: 'string', format: 'uuid' })
  id!: string;

  @ApiProperty({ type: 'string' })
  name!: string;

  @ApiProperty({ type: 'array', items: { type: 'string', enum: [...SCOPES] } })
  scopes!: Scope[];

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  expires_at!: string | null;
}

export class AccountResponse {
  @ApiProperty({ type: 'string', format: 'uuid' })
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

import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller } from '../auth/caller';
import { Operation } from '../http/route/operation';
import { AccountsService } from './accounts.service';
import { ACCOUNT_EXAMPLE } from './dto/account.examples';
import { AccountResponse } from './dto/account.response.dto';

@ApiTags('Account')
@Controller('v1/account')
export class AccountController {
  constructor(private readonly accounts: AccountsService) {}

  @Operation({
    id: 'getAccount',
    summary: 'Who am I',
    description: 'The account, the token that asks, and its scopes. Any valid token may ask.',
    response: AccountResponse,
    example: ACCOUNT_EXAMPLE,
    etag: 'read',
  })
  @Get()
  get(@CurrentCaller() caller: Caller): Promise<AccountResponse> {
    return this.accounts.describe(caller);
  }
}

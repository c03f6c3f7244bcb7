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
    summary: 'Read the account and token of the caller',
    description: 'Any valid token may read this, whatever its scopes.',
    response: AccountResponse,
    example: ACCOUNT_EXAMPLE,
    etag: 'read',
  })
  @Get()
  get(@CurrentCaller() caller: Caller): Promise<AccountResponse> {
    return this.accounts.describe(caller);
  }
}

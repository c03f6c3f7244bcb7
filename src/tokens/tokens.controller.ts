import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import { parsePageQuery } from '../common/pagination';
import { DisconnectSignal } from '../http/request/disconnect-signal.decorator';
import { PAGE_PARAMETERS, QueryParameters } from '../http/request/query.guard';
import { IfMatch } from '../http/response/etag';
import type { HttpResponse } from '../http/response/http-response';
import { Operation } from '../http/route/operation';
import { ShownOnce } from '../http/route/shown-once.decorator';
import { CreateTokenDto, RotateTokenDto } from './dto/create-token.dto';
import {
  CREATE_TOKEN_EXAMPLES,
  ROTATE_TOKEN_EXAMPLES,
  TOKEN_EXAMPLE,
  TOKEN_WITH_SECRET_EXAMPLE,
} from './dto/token.examples';
import { TokenResponse, TokenWithSecretResponse } from './dto/token.response.dto';
import { TokensListService } from './tokens-list.service';
import { TokensService } from './tokens.service';

@ApiTags('Tokens')
@NeedsScope('tokens:write')
@Controller('v1/tokens')
export class TokensController {
  constructor(
    private readonly tokens: TokensService,
    private readonly tokensList: TokensListService,
  ) {}

  @Operation({
    id: 'listTokens',
    summary: 'List tokens',
    description:
      'Oldest first. The secrets are stored only as digests, so no response shows them again. An expired token is listed for seven days, and is then deleted.',
    response: [TokenResponse],
    example: [TOKEN_EXAMPLE],
    etag: 'read',
    failures: ['ListTooLarge', 'TooManyLargeResponses'],
  })
  @QueryParameters(PAGE_PARAMETERS)
  @Get()
  list(
    @CurrentCaller() caller: Caller,
    @Query() query: Record<string, string>,
    @DisconnectSignal() signal: AbortSignal,
  ): Promise<HttpResponse> {
    return this.tokensList.list({ ...caller, signal }, parsePageQuery(query));
  }

  @Operation({
    id: 'createToken',
    summary: 'Create a token',
    description:
      'Only this response contains the secret. The new token has at most the scopes, the models and the lifetime of the calling token. A repeat with the same `Idempotency-Key` returns no secret. If it was lost, rotate the token with `admin`, or delete it and create another.',
    status: 201,
    body: { type: CreateTokenDto, examples: CREATE_TOKEN_EXAMPLES },
    response: TokenWithSecretResponse,
    example: TOKEN_WITH_SECRET_EXAMPLE,
    idempotent: true,
    failures: ['ScopeBeyondOwn'],
  })
  @ApiOkResponse({
    type: TokenWithSecretResponse,
    description:
      'A repeat with the same `Idempotency-Key`: the token of the first request, without its secret.',
    example: TOKEN_EXAMPLE,
  })
  @ShownOnce('token')
  @Post()
  create(@CurrentCaller() caller: Caller, @Body() body: CreateTokenDto): Promise<TokenWithSecretResponse> {
    return this.tokens.create(caller, body);
  }

  @Operation({
    id: 'getToken',
    summary: 'Read a token',
    description: 'The response never contains the secret.',
    response: TokenResponse,
    example: TOKEN_EXAMPLE,
    etag: 'read',
    failures: ['TokenNotFound'],
  })
  @Get(':token_id')
  get(@CurrentCaller() caller: Caller, @Param('token_id') id: string): Promise<TokenResponse> {
    return this.tokens.get(caller, id);
  }

  @Operation({
    id: 'rotateToken',
    summary: 'Give a token a new secret',
    description:
      'The id stays the same. The old secret stays valid for the overlap, at most one day. Only the last old secret does: another rotation ends the one before it. A token may rotate itself. Only `admin` may rotate another token, which must not expire later than its own nor be able to use more models. A repeat with the same `Idempotency-Key` rotates nothing and returns the token without its secret. If the secret was lost, rotate again with a new key.',
    body: { type: RotateTokenDto, examples: ROTATE_TOKEN_EXAMPLES },
    response: TokenWithSecretResponse,
    example: TOKEN_WITH_SECRET_EXAMPLE,
    idempotent: true,
    failures: ['TokenNotFound', 'LongerToken', 'RotatedMeanwhile', 'TokenExpired'],
  })
  @ShownOnce('token')
  @Post(':token_id/rotate')
  rotate(
    @CurrentCaller() caller: Caller,
    @Param('token_id') id: string,
    @Body() body: RotateTokenDto,
  ): Promise<TokenWithSecretResponse> {
    return this.tokens.rotate(caller, id, body);
  }

  @Operation({
    id: 'deleteToken',
    summary: 'Revoke a token',
    description:
      'Takes effect immediately on this replica, and within 5 seconds on every other replica. The calling token needs every scope and model of the token, and must not expire earlier, unless it deletes itself. The last `admin` token of an account cannot be deleted, nor the last one that does not expire.',
    status: 204,
    etag: 'write',
    writes: true,
    failures: ['TokenNotFound', 'TokenBeyondOwn', 'LastAdmin'],
  })
  @Delete(':token_id')
  delete(
    @CurrentCaller() caller: Caller,
    @Param('token_id') id: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    return this.tokens.delete(caller, id, ifMatch);
  }
}

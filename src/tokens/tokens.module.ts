import { Global, Module } from '@nestjs/common';
import { Authenticator } from '../auth/authenticator';
import { TokenAuthenticator } from './token-authenticator';
import { TokenRetentionService } from './token-retention.service';
import { TokensListService } from './tokens-list.service';
import { TokensController } from './tokens.controller';
import { TokensRepository } from './tokens.repository';
import { TokensService } from './tokens.service';

/** Global, because the bearer guard of every route needs the authenticator. */
@Global()
@Module({
  controllers: [TokensController],
  providers: [
    TokenAuthenticator,
    { provide: Authenticator, useExisting: TokenAuthenticator },
    TokenRetentionService,
    TokensListService,
    TokensRepository,
    TokensService,
  ],
  exports: [Authenticator, TokenAuthenticator, TokensListService, TokensService],
})
export class TokensModule {}

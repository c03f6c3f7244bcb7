import { type DynamicModule, Global, Module, type OnModuleInit } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AuditEventsController } from '../audit/audit-events.controller';
import { BearerGuard } from '../auth/bearer.guard';
import { BearerStrategy } from '../auth/bearer.strategy';
import { FailureLimiter } from '../auth/failure-limiter';
import { DatabaseService } from '../database/database.service';
import { RegistryChangesRepository } from '../registry/registry-changes.repository';
import { RegistryRevisionInterceptor } from '../registry/registry-revision.interceptor';
import { RegistryWrite } from '../registry/registry-transaction';
import { RegistryRevisions } from '../registry/revision-tracker';
import { TokenAuthenticator } from '../tokens/token-authenticator';
import { TokensController } from '../tokens/tokens.controller';
import { TokensRepository } from '../tokens/tokens.repository';
import { TokensService } from '../tokens/tokens.service';
import { AccountController } from './account.controller';
import { AccountsRepository } from './accounts.repository';
import { AccountsService } from './accounts.service';
import { ANNOUNCE_TOKEN, type AnnounceToken, BootstrapService } from './bootstrap.service';

@Global()
@Module({
  imports: [PassportModule],
  controllers: [AccountController, TokensController, AuditEventsController],
  providers: [
    AccountsRepository,
    AccountsService,
    BearerGuard,
    BearerStrategy,
    BootstrapService,
    FailureLimiter,
    RegistryChangesRepository,
    RegistryRevisionInterceptor,
    RegistryRevisions,
    RegistryWrite,
    TokenAuthenticator,
    TokensRepository,
    TokensService,
  ],
  exports: [
    AccountsService,
    BearerGuard,
    RegistryChangesRepository,
    RegistryRevisionInterceptor,
    RegistryRevisions,
    RegistryWrite,
  ],
})
export class AccountsModule implements OnModuleInit {
  static forRoot(announce: AnnounceToken): DynamicModule {
    return { module: AccountsModule, providers: [{ provide: ANNOUNCE_TOKEN, useValue: announce }] };
  }

  constructor(
    private readonly database: DatabaseService,
    private readonly bootstrap: BootstrapService,
  ) {}

  onModuleInit(): void {
    this.database.onStart(() => this.bootstrap.run());
  }
}

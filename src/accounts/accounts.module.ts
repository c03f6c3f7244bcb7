import { type DynamicModule, Global, Module, type OnModuleInit } from '@nestjs/common';
import { KeyEvents } from '../crypto/key-events';
import { DatabaseService } from '../database/database.service';
import { ObservabilityModule } from '../observability/observability.module';
import { AccountKeyEvents } from './account-key-events';
import { AccountController } from './account.controller';
import { AccountsRepository } from './accounts.repository';
import { AccountsService } from './accounts.service';
import { AdminTokenFile } from './admin-token-file';
import { ANNOUNCE_TOKEN, type AnnounceToken, BootstrapService } from './bootstrap.service';
import { QuotaMetrics } from './quota.metrics';

@Global()
@Module({
  imports: [ObservabilityModule],
  controllers: [AccountController],
  providers: [
    AccountsRepository,
    AccountsService,
    AdminTokenFile,
    BootstrapService,
    QuotaMetrics,
    { provide: KeyEvents, useClass: AccountKeyEvents },
  ],
  exports: [AccountsRepository, AccountsService, KeyEvents],
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

import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccountsModule } from '../accounts/accounts.module';
import type { AnnounceToken } from '../accounts/bootstrap.service';
import { AdvancedJsonModule } from '../advanced-json/advanced-json.module';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { BearerGuard } from '../auth/bearer.guard';
import type { AppConfig } from '../config/config';
import { ConfigModule } from '../config/config.module';
import { CostModule } from '../cost/cost.module';
import { CryptoModule } from '../crypto/crypto.module';
import type { KeyRing } from '../crypto/key-ring';
import { DatabaseModule } from '../database/database.module';
import { DiscoveryModule } from '../discovery/discovery.module';
import { GatewayModule } from '../gateway/gateway.module';
import { HealthModule } from '../health/health.module';
import { ProblemFilter } from '../http/problem/problem.filter';
import { BodyGuard } from '../http/request/body.guard';
import { QueryGuard } from '../http/request/query.guard';
import { AROUND_WRITES, type AroundWrite } from '../http/route/write.interceptor';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { QuotasModule } from '../quotas/quotas.module';
import { RegistryRevisionInterceptor } from '../registry/registry-revision.interceptor';
import { RegistryModule } from '../registry/registry.module';
import { RoutingModule } from '../routing/routing.module';
import { TokensModule } from '../tokens/tokens.module';
import { UsageModule } from '../usage/usage.module';
import { RootController } from './root.controller';
import { schema, sealedColumns } from './schema';

export interface AppParts {
  readonly config: AppConfig;
  readonly keyRing: KeyRing;
  /** Releases the lock of an embedded database. */
  readonly releaseDatabase: () => void;
  readonly announceToken: AnnounceToken;
}

/** The only file that imports every module. Modules with start-up tasks are in the order of their tasks. */
@Module({})
export class AppModule {
  static forRoot({ config, keyRing, releaseDatabase, announceToken }: AppParts): DynamicModule {
    return {
      module: AppModule,
      // Every module's routes need AROUND_WRITES.
      global: true,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(schema, releaseDatabase),
        CryptoModule.forRoot({ useFactory: () => keyRing }, sealedColumns),
        AdvancedJsonModule,
        AuthModule,
        AuditModule,
        QuotasModule,
        IdempotencyModule,
        TokensModule,
        AccountsModule.forRoot(announceToken),
        RegistryModule,
        ModelsModule,
        ProvidersModule,
        DiscoveryModule,
        RoutingModule,
        CostModule,
        UsageModule,
        GatewayModule,
        HealthModule,
      ],
      controllers: [RootController],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        // The order matters: the caller is authenticated before the request is validated.
        { provide: APP_GUARD, useExisting: BearerGuard },
        { provide: APP_GUARD, useClass: QueryGuard },
        { provide: APP_GUARD, useClass: BodyGuard },
        // The first interceptor is the outermost, so a replayed response has its revision header too.
        {
          provide: AROUND_WRITES,
          inject: [RegistryRevisionInterceptor, IdempotencyInterceptor],
          useFactory: (...around: AroundWrite[]) => around,
        },
      ],
      exports: [AROUND_WRITES],
    };
  }
}

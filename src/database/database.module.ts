import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { ObservabilityModule } from '../observability/observability.module';
import { createDataSource, type DatabaseSchema } from './create-data-source';
import { DatabaseService, RELEASE_DATABASE } from './database.service';
import { RetentionService } from './retention.service';
import { UnitOfWork } from './unit-of-work';

@Global()
@Module({})
export class DatabaseModule {
  /** `release` releases the lock on an embedded database when the application closes. */
  static forRoot(schema: DatabaseSchema, release: () => void): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [ObservabilityModule],
      providers: [
        {
          provide: DataSource,
          useFactory: (config: AppConfig) =>
            createDataSource(config.database, config.databasePoolSize, schema),
          inject: [APP_CONFIG],
        },
        { provide: RELEASE_DATABASE, useValue: release },
        DatabaseService,
        RetentionService,
        UnitOfWork,
      ],
      exports: [DatabaseService, RetentionService, UnitOfWork],
    };
  }
}

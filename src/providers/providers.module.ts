import { Module } from '@nestjs/common';
import { HEADERS_FIELD, HEADERS_PURPOSE } from '../advanced-json/advanced-json-sealer';
import { SealedColumns } from '../crypto/sealed-columns';
import { ModelsModule } from '../models/models.module';
import { UpstreamModule } from '../upstream/upstream.module';
import { ProviderDestination } from './provider-destination';
import { API_KEY_FIELD, API_KEY_PURPOSE, ProviderSecrets } from './provider-secrets';
import { ProvidersListService } from './providers-list.service';
import { ProvidersController } from './providers.controller';
import { ProvidersRepository } from './providers.repository';
import { ProvidersService } from './providers.service';
import { WholeLists } from './whole-lists';

@Module({
  imports: [ModelsModule, UpstreamModule],
  controllers: [ProvidersController],
  providers: [
    ProviderDestination,
    ProviderSecrets,
    ProvidersListService,
    ProvidersRepository,
    ProvidersService,
    WholeLists,
  ],
  exports: [ProviderDestination, ProviderSecrets, ProvidersRepository, ProvidersService],
})
export class ProvidersModule {
  constructor(sealedColumns: SealedColumns) {
    const row = { table: 'providers', idColumn: 'id', accountColumn: 'account_id' };
    sealedColumns.register({
      ...row,
      sealedColumn: 'sealed_api_key',
      keyIdColumn: 'encryption_key_id',
      versionColumn: 'secret_version',
      purpose: API_KEY_PURPOSE,
      field: API_KEY_FIELD,
    });
    sealedColumns.register({
      ...row,
      sealedColumn: 'sealed_headers',
      keyIdColumn: 'headers_key_id',
      versionColumn: 'headers_version',
      purpose: HEADERS_PURPOSE,
      field: HEADERS_FIELD,
    });
  }
}

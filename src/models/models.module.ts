import { Module } from '@nestjs/common';
import { HEADERS_FIELD, HEADERS_PURPOSE } from '../advanced-json/advanced-json-sealer';
import { SealedColumns } from '../crypto/sealed-columns';
import { DefaultModel } from './default-model';
import { ModelsController } from './models.controller';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';

@Module({
  controllers: [ModelsController],
  providers: [DefaultModel, ModelsRepository, ModelsService],
  exports: [ModelsRepository, ModelsService],
})
export class ModelsModule {
  constructor(sealedColumns: SealedColumns) {
    sealedColumns.register({
      table: 'provider_models',
      idColumn: 'id',
      accountColumn: 'account_id',
      sealedColumn: 'sealed_headers',
      keyIdColumn: 'headers_key_id',
      versionColumn: 'headers_version',
      purpose: HEADERS_PURPOSE,
      field: HEADERS_FIELD,
    });
  }
}

import { Global, Module } from '@nestjs/common';
import { AccountUsageRepository } from './account-usage.repository';
import { QuotasService } from './quotas.service';

@Global()
@Module({
  providers: [AccountUsageRepository, QuotasService],
  exports: [AccountUsageRepository, QuotasService],
})
export class QuotasModule {}

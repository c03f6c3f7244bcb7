import { Module } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { IdempotencyRepository } from './idempotency.repository';
import { IdempotencyService } from './idempotency.service';
import { KeyRetentionService } from './key-retention.service';

@Module({
  providers: [IdempotencyInterceptor, IdempotencyRepository, IdempotencyService, KeyRetentionService],
  exports: [IdempotencyInterceptor],
})
export class IdempotencyModule {}

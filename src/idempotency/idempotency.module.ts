import { Module } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { IdempotencyRepository } from './idempotency.repository';
import { IdempotencyService } from './idempotency.service';

@Module({
  providers: [IdempotencyInterceptor, IdempotencyRepository, IdempotencyService],
  exports: [IdempotencyInterceptor],
})
export class IdempotencyModule {}

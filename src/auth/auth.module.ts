import { Global, Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { BearerGuard } from './bearer.guard';
import { BearerStrategy } from './bearer.strategy';
import { FailureLimiter } from './failure-limiter';

@Global()
@Module({
  imports: [PassportModule],
  providers: [BearerGuard, BearerStrategy, FailureLimiter],
  exports: [BearerGuard],
})
export class AuthModule {}

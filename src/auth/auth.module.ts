import { Global, Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { BearerAuthentication } from './bearer-authentication';
import { BearerGuard } from './bearer.guard';
import { BearerStrategy } from './bearer.strategy';
import { FailureLimiter } from './failure-limiter';

@Global()
@Module({
  imports: [PassportModule],
  providers: [BearerAuthentication, BearerGuard, BearerStrategy, FailureLimiter],
  exports: [BearerGuard],
})
export class AuthModule {}

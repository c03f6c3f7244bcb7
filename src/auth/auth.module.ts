import { Global, Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { BearerAuthentication } from './bearer-authentication';
import { BearerGuard } from './bearer.guard';
import { BearerStrategy } from './bearer.strategy';
import { FailureLimiter } from './failure-limiter';
import { GatewayAuthentication } from './gateway-authentication';

@Global()
@Module({
  imports: [PassportModule],
  providers: [BearerAuthentication, BearerGuard, BearerStrategy, FailureLimiter, GatewayAuthentication],
  exports: [BearerGuard, GatewayAuthentication],
})
export class AuthModule {}

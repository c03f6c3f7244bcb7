import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { AppConfig } from './config';
import { EGRESS_CONFIG, type EgressConfig } from './egress-allow';

/** Injection token of the one validated {@link AppConfig}. */
export const APP_CONFIG = Symbol('APP_CONFIG');

@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: APP_CONFIG, useValue: config },
        { provide: EGRESS_CONFIG, useValue: egressConfig(config) },
      ],
      exports: [APP_CONFIG, EGRESS_CONFIG],
    };
  }
}

/** What outbound calls must never reach: this service itself, and its database. */
function egressConfig({
  egressMode,
  egressAllow,
  egressProxy,
  host,
  port,
  database,
}: AppConfig): EgressConfig {
  const own = database.kind === 'sqlite' ? [] : [{ host: database.host, port: database.port }];
  return {
    mode: egressMode,
    allow: egressAllow,
    proxy: egressProxy,
    ownEndpoints: [{ host, port }, ...own],
  };
}

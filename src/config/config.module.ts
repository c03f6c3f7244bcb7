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

function egressConfig({ egressMode, egressAllow, egressProxy, database }: AppConfig): EgressConfig {
  return {
    mode: egressMode,
    allow: egressAllow,
    proxy: egressProxy,
    ownEndpoints: database.kind === 'sqlite' ? [] : [{ host: database.host, port: database.port }],
  };
}

import { type DynamicModule, type FactoryProvider, Global, Module, type OnModuleInit } from '@nestjs/common';
import { AdvancedJsonSealer } from '../advanced-json/advanced-json-sealer';
import { DatabaseService } from '../database/database.service';
import { CryptoService } from './crypto.service';
import { CursorService } from './cursor.service';
import { KeyCanaryRepository } from './key-canary.repository';
import { KeyCheckService } from './key-check.service';
import { KEY_PROVIDER } from './key-provider';
import type { KeyRing } from './key-ring';
import { KeyStatusService } from './key-status.service';
import { LocalKeyProvider } from './local-key-provider';
import { RewrapService } from './rewrap.service';
import { SealedColumnRepository } from './sealed-column.repository';
import { SealedColumns } from './sealed-columns';
import { ServerSecretRepository } from './server-secret.repository';
import { ServerSecretService } from './server-secret.service';

/** Injection token of the {@link KeyRing} that the configuration gives. */
export const KEY_RING = Symbol('KEY_RING');

/** Secrets at rest. The only module that knows ciphers and keys. */
@Global()
@Module({
  providers: [
    {
      provide: KEY_PROVIDER,
      useFactory: (ring: KeyRing) => new LocalKeyProvider(ring),
      inject: [KEY_RING],
    },
    SealedColumns,
    SealedColumnRepository,
    KeyCanaryRepository,
    ServerSecretRepository,
    ServerSecretService,
    KeyCheckService,
    RewrapService,
    KeyStatusService,
    CryptoService,
    AdvancedJsonSealer,
    CursorService,
  ],
  exports: [
    AdvancedJsonSealer,
    CryptoService,
    CursorService,
    KeyCheckService,
    RewrapService,
    KeyStatusService,
    SealedColumns,
  ],
})
export class CryptoModule implements OnModuleInit {
  constructor(
    private readonly database: DatabaseService,
    private readonly keyCheck: KeyCheckService,
  ) {}

  /** The module with its key ring: what the factory returns is provided as {@link KEY_RING}. */
  static forRoot(keyRing: Pick<FactoryProvider<KeyRing>, 'useFactory' | 'inject'>): DynamicModule {
    return { module: CryptoModule, providers: [{ provide: KEY_RING, ...keyRing }] };
  }

  onModuleInit(): void {
    this.database.onStart(() => this.keyCheck.verify());
  }
}

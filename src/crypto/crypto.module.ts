import { type DynamicModule, type FactoryProvider, Global, Module, type OnModuleInit } from '@nestjs/common';
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
import { type SealedColumn, SealedColumns } from './sealed-columns';
import { ServerSecretRepository } from './server-secret.repository';
import { SERVER_SECRET_COLUMN, ServerSecretService } from './server-secret.service';

/** Injection token of the configured {@link KeyRing}. */
const KEY_RING = Symbol('KEY_RING');

/** Secrets at rest. The only module that uses ciphers and keys. */
@Global()
@Module({
  providers: [
    {
      provide: KEY_PROVIDER,
      useFactory: (ring: KeyRing) => new LocalKeyProvider(ring),
      inject: [KEY_RING],
    },
    SealedColumnRepository,
    KeyCanaryRepository,
    ServerSecretRepository,
    ServerSecretService,
    KeyCheckService,
    RewrapService,
    KeyStatusService,
    CryptoService,
    CursorService,
  ],
  exports: [CryptoService, CursorService, KeyCheckService, RewrapService, KeyStatusService, SealedColumns],
})
export class CryptoModule implements OnModuleInit {
  constructor(
    private readonly database: DatabaseService,
    private readonly keyCheck: KeyCheckService,
  ) {}

  /** Provides the key ring as {@link KEY_RING}. `columns` are the sealed columns of the other modules. */
  static forRoot(
    keyRing: Pick<FactoryProvider<KeyRing>, 'useFactory' | 'inject'>,
    columns: readonly SealedColumn[],
  ): DynamicModule {
    return {
      module: CryptoModule,
      providers: [
        { provide: KEY_RING, ...keyRing },
        { provide: SealedColumns, useValue: new SealedColumns([SERVER_SECRET_COLUMN, ...columns]) },
      ],
    };
  }

  onModuleInit(): void {
    this.database.onStart(() => this.keyCheck.verify());
  }
}

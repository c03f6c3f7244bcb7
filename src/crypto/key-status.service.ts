import { Inject, Injectable } from '@nestjs/common';
import { KeyCanaryRepository } from './key-canary.repository';
import { KEY_PROVIDER, type KeyProvider } from './key-provider';
import { SealedColumnRepository } from './sealed-column.repository';
import { SealedColumns } from './sealed-columns';

/** What an operator must know of a key before adding, activating or retiring it. */
export interface KeyStatus {
  readonly keyId: string;
  readonly configured: boolean;
  readonly active: boolean;
  readonly canary: boolean;
  /** The number of values of each sealed column under this key, zeros included. */
  readonly rows: readonly { readonly table: string; readonly column: string; readonly count: number }[];
}

/** Reports every key that is configured, is in use or has a canary. */
@Injectable()
export class KeyStatusService {
  constructor(
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
    private readonly canaries: KeyCanaryRepository,
    private readonly columns: SealedColumns,
    private readonly values: SealedColumnRepository,
  ) {}

  /** Lists the configured keys in their order, then the others by id. */
  async status(): Promise<KeyStatus[]> {
    const canaries = new Set((await this.canaries.findAll()).map(({ keyId }) => keyId));
    const columns = await Promise.all(
      this.columns.all.map(async (column) => {
        const uses = await this.values.countByKey(column);
        return { column, counts: new Map(uses.map(({ keyId, rows }) => [keyId, rows])) };
      }),
    );
    const found = [...canaries, ...columns.flatMap(({ counts }) => [...counts.keys()])].sort();
    const configured = this.provider.knownKeyIds;
    return [...new Set([...configured, ...found])].map((keyId) => ({
      keyId,
      configured: configured.includes(keyId),
      active: keyId === this.provider.activeKeyId,
      canary: canaries.has(keyId),
      rows: columns.map(({ column, counts }) => ({
        table: column.table,
        column: column.sealedColumn,
        count: counts.get(keyId) ?? 0,
      })),
    }));
  }
}

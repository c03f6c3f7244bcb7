import { Inject, Injectable } from '@nestjs/common';
import { KeyCanaryRepository } from './key-canary.repository';
import { KEY_PROVIDER, type KeyProvider } from './key-provider';
import { SealedColumnRepository } from './sealed-column.repository';
import { SealedColumns } from './sealed-columns';

/** One key, as an operator needs to see it before adding, activating or retiring it. */
export interface KeyStatus {
  readonly keyId: string;
  readonly configured: boolean;
  readonly active: boolean;
  readonly canary: boolean;
  /** How many values of each sealed column are under it; columns with none are there too. */
  readonly rows: readonly { readonly table: string; readonly column: string; readonly count: number }[];
}

/** Says of every key that is configured, in use or once was, where it stands. */
@Injectable()
export class KeyStatusService {
  constructor(
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
    private readonly canaries: KeyCanaryRepository,
    private readonly columns: SealedColumns,
    private readonly values: SealedColumnRepository,
  ) {}

  /** Configured keys in their order, then the others by id. */
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

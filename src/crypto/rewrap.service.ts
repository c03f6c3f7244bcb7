import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work';
import { SecretUndecryptableError } from './crypto.errors';
import { openEnvelope, sealEnvelope } from './envelope';
import { KeyEvents } from './key-events';
import { KEY_PROVIDER, type KeyProvider } from './key-provider';
import type { SealContext } from './seal-context';
import { SealedColumnRepository, type SealedValue } from './sealed-column.repository';
import { type SealedColumn, SealedColumns } from './sealed-columns';

const BATCH_ROWS = 200;
/** Consecutive sweeps without progress, because other writers were faster, before the run stops. */
const MAX_IDLE_SWEEPS = 5;

/** The results for one column so far. */
export interface RewrapCount {
  readonly table: string;
  readonly column: string;
  /** Re-sealed under the active key by this run. */
  rewrapped: number;
  /** Changed or deleted by another writer between read and write. The next sweep reads them again. */
  raced: number;
  /** Values that did not open in the last sweep. They stay unchanged. */
  undecryptable: number;
  /** Values not under the active key, counted at the start of a sweep and at the end of the run. */
  remaining: number;
}

export interface RewrapReport {
  readonly activeKeyId: string;
  readonly columns: readonly Readonly<RewrapCount>[];
  /** No value is under another key. Retire the others once every replica has the same active key. */
  readonly complete: boolean;
}

/** Re-seals every value under the active key while the service runs. */
@Injectable()
export class RewrapService {
  constructor(
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
    private readonly columns: SealedColumns,
    private readonly values: SealedColumnRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: KeyEvents,
  ) {}

  /**
   * Sweeps all columns until no value opens under another key. Re-seals each value by compare-and-swap, so a run can be
   * killed and restarted, and can overlap with requests and other runs. Changes neither the value nor its version.
   * Calls `onProgress` after each batch. The audit log gets one event for each former key in each account, with the first
   * value that was re-sealed there.
   */
  async rewrap(onProgress: (count: Readonly<RewrapCount>) => void = () => undefined): Promise<RewrapReport> {
    const counts = this.columns.all.map((column) => ({ column, count: emptyCount(column) }));
    const recorded = new Set<string>();
    let idleSweeps = 0;
    while (idleSweeps < MAX_IDLE_SWEEPS) {
      const before = total(counts, 'rewrapped');
      const racedBefore = total(counts, 'raced');
      for (const { column, count } of counts) await this.sweep(column, count, recorded, onProgress);
      if (total(counts, 'rewrapped') > before) idleSweeps = 0;
      else if (total(counts, 'raced') > racedBefore) idleSweeps += 1;
      else break;
    }
    for (const { column, count } of counts) count.remaining = await this.countRemaining(column);
    const columns = counts.map(({ count }) => count);
    const complete = columns.every((count) => count.remaining === 0);
    return { activeKeyId: this.provider.activeKeyId, columns, complete };
  }

  private async sweep(
    column: SealedColumn,
    count: RewrapCount,
    recorded: Set<string>,
    onProgress: (count: Readonly<RewrapCount>) => void,
  ): Promise<void> {
    count.remaining = await this.countRemaining(column);
    count.undecryptable = 0;
    let afterId = '';
    for (;;) {
      const rows = await this.values.findOthers(column, this.provider.activeKeyId, afterId, BATCH_ROWS);
      for (const row of rows) count[await this.rewrapRow(column, row, recorded)] += 1;
      const last = rows.at(-1);
      if (!last) return;
      afterId = last.id;
      onProgress(count);
    }
  }

  private async rewrapRow(
    column: SealedColumn,
    row: SealedValue,
    recorded: Set<string>,
  ): Promise<'rewrapped' | 'raced' | 'undecryptable'> {
    const context = contextOf(column, row);
    const keyId = this.provider.activeKeyId;
    try {
      const plain = await openEnvelope(this.provider, row.sealed, context);
      const sealed = await sealEnvelope(this.provider, keyId, plain, context);
      const isReplaced = await this.unitOfWork.run(async () => {
        if (!(await this.values.replace(column, row, sealed, keyId))) return false;
        if (!isRecorded(row, recorded)) {
          const { keyId: formerKeyId, accountId } = row;
          await this.events.record({ action: 'key.rewrap', keyId, formerKeyId }, accountId);
        }
        return true;
      });
      if (!isReplaced) return 'raced';
      recorded.add(recordOf(row));
      return 'rewrapped';
    } catch (error) {
      if (error instanceof SecretUndecryptableError) return 'undecryptable';
      throw error;
    }
  }

  private async countRemaining(column: SealedColumn): Promise<number> {
    const uses = await this.values.countByKey(column);
    return uses
      .filter(({ keyId }) => keyId !== this.provider.activeKeyId)
      .reduce((sum, { rows }) => sum + rows, 0);
  }
}

/** A value without an account is recorded in every account. */
function recordOf({ keyId, accountId }: Pick<SealedValue, 'keyId' | 'accountId'>): string {
  return `${keyId} ${accountId}`;
}

function isRecorded(row: SealedValue, recorded: ReadonlySet<string>): boolean {
  return recorded.has(recordOf(row)) || recorded.has(recordOf({ ...row, accountId: null }));
}

function emptyCount({ table, sealedColumn }: SealedColumn): RewrapCount {
  return { table, column: sealedColumn, rewrapped: 0, raced: 0, undecryptable: 0, remaining: 0 };
}

function total(counts: readonly { count: RewrapCount }[], field: 'rewrapped' | 'raced'): number {
  return counts.reduce((sum, { count }) => sum + count[field], 0);
}

function contextOf({ purpose, table, field }: SealedColumn, row: SealedValue): SealContext {
  return { purpose, accountId: row.accountId, table, rowId: row.id, field, version: row.version };
}

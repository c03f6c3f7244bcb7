import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import type { AccountId } from '../auth/caller';
import { inBatches } from '../common/batches';
import { insertRows } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { type ChangedKind, RegistryChange } from './registry-change.entity';

/** Revisions per account that the log retains. A replica that is further behind reads the whole registry. */
const RETAINED_REVISIONS = 4096;

/** A write whose revision is a multiple of this deletes the old revisions. */
const PRUNE_EVERY = 256;

/** With more changes than this, reading the whole registry costs no more. */
const MAX_READ = 2000;

const INSERT_BATCH = 500;

/** A row that a write changed. */
export interface ChangedResource {
  readonly kind: ChangedKind;
  readonly id: string;
}

/** The rows that changed between two revisions, deleted ones included. */
export interface ChangedIds {
  readonly providers: readonly string[];
  readonly models: readonly string[];
  /** Providers whose models may all have changed. */
  readonly modelsOf: readonly string[];
}

/** The change log that routing tables follow. */
@Injectable()
export class RegistryChangesRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async record(accountId: AccountId, revision: number, changes: Iterable<ChangedResource>): Promise<void> {
    const rows = [...changes].map(({ kind, id }) => ({ accountId, revision, resourceId: id, kind }));
    await inBatches(rows, INSERT_BATCH, (batch) =>
      insertRows(this.unitOfWork.manager, RegistryChange, batch),
    );
    if (revision % PRUNE_EVERY === 0) {
      await this.rows.delete({ accountId, revision: LessThan(revision - RETAINED_REVISIONS) });
    }
  }

  /**
   * Returns what changed after `since`, up to `revision`. Returns null when the log lacks one of these revisions, when
   * `revision` is lower than `since`, or when reading the whole registry is as fast.
   */
  async between(accountId: AccountId, since: number, revision: number): Promise<ChangedIds | null> {
    if (revision < since) return null;
    const sql =
      'SELECT revision, kind, resource_id AS id FROM registry_changes WHERE account_id = ? AND revision > ? AND revision <= ? LIMIT ?';
    const rows = await this.unitOfWork.manager.query<(ChangedResource & { revision: number | string })[]>(
      sql,
      [accountId, since, revision, MAX_READ],
    );
    if (rows.length === MAX_READ) return null;
    // Old revisions are deleted, and a manually raised revision has no entries.
    if (new Set(rows.map((row) => Number(row.revision))).size < revision - since) return null;
    const ids = (wanted: ChangedKind): string[] => [
      ...new Set(rows.filter(({ kind }) => kind === wanted).map(({ id }) => id)),
    ];
    return { providers: ids('provider'), models: ids('model'), modelsOf: ids('models_of_provider') };
  }

  private get rows() {
    return this.unitOfWork.manager.getRepository(RegistryChange);
  }
}

import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import type { AccountId } from '../auth/caller';
import { inBatches } from '../common/batches';
import { insertRows } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { type ChangedKind, RegistryChange } from './registry-change.entity';

/** So many revisions of an account are kept; who is further behind reads the whole registry. */
const KEPT_REVISIONS = 4096;

/** Old ones go in batches, with the write whose revision is a multiple of this. */
const PRUNE_EVERY = 256;

/** More than this and reading everything costs no more. */
const MAX_READ = 2000;

const INSERT_BATCH = 500;

/** A row that a write touched. */
export interface ChangedResource {
  readonly kind: ChangedKind;
  readonly id: string;
}

/** What was touched between two revisions; the ids of rows that are gone are among them. */
export interface ChangedIds {
  readonly providers: readonly string[];
  readonly models: readonly string[];
  /** Providers of which any model may have changed. */
  readonly modelsOf: readonly string[];
}

/** The log by which snapshots follow the registry. */
@Injectable()
export class RegistryChangesRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async record(accountId: AccountId, revision: number, changes: Iterable<ChangedResource>): Promise<void> {
    const rows = [...changes].map(({ kind, id }) => ({ accountId, revision, resourceId: id, kind }));
    await inBatches(rows, INSERT_BATCH, (batch) =>
      insertRows(this.unitOfWork.manager, RegistryChange, batch),
    );
    if (revision % PRUNE_EVERY === 0) {
      await this.rows.delete({ accountId, revision: LessThan(revision - KEPT_REVISIONS) });
    }
  }

  /**
   * Null where the log does not have each revision after `since`, where the database has gone back behind it, or where
   * so much changed that all is read as fast.
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
    // Old ones are pruned, and a revision that was raised by hand has none.
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

import { Injectable } from '@nestjs/common';
import { AccountsRepository } from '../accounts/accounts.repository';
import type { AccountId } from '../auth/caller';
import { UnitOfWork } from '../database/unit-of-work';
import { QuotasService } from '../quotas/quotas.service';
import type { Usage } from '../quotas/usage';
import type { ChangedKind } from './registry-change.entity';
import { type ChangedResource, RegistryChangesRepository } from './registry-changes.repository';
import { RevisionTracker } from './revision-tracker';

/** Records a row that a registry write changes. */
export type Touch = (kind: ChangedKind, id: string) => void;

/**
 * The only way to write an account's providers and models. It starts a unit of work by incrementing the account's
 * revision, which serializes the account's writers. It ends by writing the change log. A transaction that changes nothing
 * restores the revision.
 */
@Injectable()
export class RegistryTransaction {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly changes: RegistryChangesRepository,
    private readonly revisions: RevisionTracker,
    private readonly unitOfWork: UnitOfWork,
    private readonly quotas: QuotasService,
  ) {}

  /** `added` is what the work adds if that is known before it. Throws 409 if it exceeds a quota. */
  run<T>(accountId: AccountId, work: (touch: Touch) => Promise<T>, added: Usage = {}): Promise<T> {
    return this.unitOfWork.run(async () => {
      const revision = await this.accounts.bumpRevision(accountId, this.quotas.additionsOf(added));
      if (revision === null) throw await this.quotas.createRejection(accountId, added);
      const touched = new Map<string, ChangedResource>();
      const result = await work((kind, id) => touched.set(`${kind} ${id}`, { kind, id }));
      if (touched.size === 0) await this.accounts.setRevision(accountId, revision - 1);
      else await this.changes.record(accountId, revision, touched.values());
      this.unitOfWork.onCommitted(() =>
        this.revisions.learn(accountId, touched.size === 0 ? revision - 1 : revision),
      );
      return result;
    }, accountId);
  }
}

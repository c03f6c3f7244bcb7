import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work';
import { AccountsRepository } from './accounts.repository';
import type { AccountId } from './caller';

/** A change of an account's providers or models: a unit of work that begins by counting the account's revision. */
@Injectable()
export class RegistryWrite {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  run<T>(accountId: AccountId, work: () => Promise<T>): Promise<T> {
    return this.unitOfWork.run(async () => {
      await this.accounts.bumpRevision(accountId);
      return work();
    });
  }
}

import { Injectable } from '@nestjs/common';
import { IsNull, Not, type Repository } from 'typeorm';
import { tryInsertRow } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { KeyCanary } from './key-canary.entity';

@Injectable()
export class KeyCanaryRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  findAll(): Promise<KeyCanary[]> {
    return this.rows.find();
  }

  find(keyId: string): Promise<KeyCanary | null> {
    return this.rows.findOneBy({ keyId });
  }

  /** Inserts the canary and runs `onInserted`, unless another replica has inserted one. Returns the stored canary. */
  async insertOrFind(canary: KeyCanary, onInserted: () => Promise<void>): Promise<KeyCanary> {
    await this.unitOfWork.run(async () => {
      if (await tryInsertRow(this.unitOfWork.manager, KeyCanary, canary)) await onInserted();
    });
    return this.rows.findOneByOrFail({ keyId: canary.keyId });
  }

  /** Sets when a key was retired, or null for a key that returned, and runs `onChanged` if that changed the row. */
  async setRetired(keyId: string, retiredAt: string | null, onChanged: () => Promise<void>): Promise<void> {
    await this.unitOfWork.run(async () => {
      const former = { keyId, retiredAt: retiredAt === null ? Not(IsNull()) : IsNull() };
      if ((await this.rows.update(former, { retiredAt })).affected === 1) await onChanged();
    });
  }

  private get rows(): Repository<KeyCanary> {
    return this.unitOfWork.manager.getRepository(KeyCanary);
  }
}

import { Injectable } from '@nestjs/common';
import type { Repository } from 'typeorm';
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

  /** Inserts the canary unless another replica has inserted one. Returns the stored canary. */
  async insertOrFind(canary: KeyCanary): Promise<KeyCanary> {
    await this.unitOfWork.run(() => tryInsertRow(this.unitOfWork.manager, KeyCanary, canary));
    return this.rows.findOneByOrFail({ keyId: canary.keyId });
  }

  private get rows(): Repository<KeyCanary> {
    return this.unitOfWork.manager.getRepository(KeyCanary);
  }
}

import { Injectable } from '@nestjs/common';
import type { Repository } from 'typeorm';
import { isUniqueViolation } from '../database/database-errors';
import { insertRows } from '../database/rows';
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
    try {
      await this.unitOfWork.run(() => insertRows(this.unitOfWork.manager, KeyCanary, [canary]));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    return this.rows.findOneByOrFail({ keyId: canary.keyId });
  }

  private get rows(): Repository<KeyCanary> {
    return this.unitOfWork.manager.getRepository(KeyCanary);
  }
}

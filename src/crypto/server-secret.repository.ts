import { Injectable } from '@nestjs/common';
import type { Repository } from 'typeorm';
import { tryInsertRow } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { ServerSecret } from './server-secret.entity';

@Injectable()
export class ServerSecretRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  find(name: string): Promise<ServerSecret | null> {
    return this.rows.findOneBy({ name });
  }

  /** Inserts the secret unless another replica has inserted one. Returns the stored secret. */
  async insertOrFind(secret: ServerSecret): Promise<ServerSecret> {
    await this.unitOfWork.run(() => tryInsertRow(this.unitOfWork.manager, ServerSecret, secret));
    return this.rows.findOneByOrFail({ name: secret.name });
  }

  private get rows(): Repository<ServerSecret> {
    return this.unitOfWork.manager.getRepository(ServerSecret);
  }
}

import { Injectable } from '@nestjs/common';
import { timestamp } from '../common/timestamp';
import { translateDatabaseError } from '../database/database-errors';
import { UnitOfWork } from '../database/unit-of-work';
import { FIND_RESPONSE, toStoredResponse } from './loader/usage-store';
import { responseKey } from './response-key';
import type { StoredResponse } from './usage-record';

/** Reads stored responses from a database server. */
@Injectable()
export class StoredResponsesRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws DomainError 503 while the database is unavailable. */
  async find(accountId: string, responseId: string): Promise<StoredResponse | null> {
    const { unitOfWork } = this;
    const parameters = [accountId, responseKey(responseId), timestamp()];
    const [row] = await unitOfWork
      .managerOf(accountId)
      .query<Record<string, unknown>[]>(FIND_RESPONSE, parameters)
      .catch((error: unknown) => {
        throw translateDatabaseError(error);
      });
    return row ? toStoredResponse(accountId, responseId, row) : null;
  }
}

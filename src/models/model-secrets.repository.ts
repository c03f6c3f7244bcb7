import { Injectable } from '@nestjs/common';
import { hasPlainSecrets } from '../advanced-json/advanced-json';
import type { AccountId } from '../auth/caller';
import { storedObject } from '../common/stored-json';
import { yieldIfLong } from '../common/yield-if-long';
import { UnitOfWork } from '../database/unit-of-work';
import type { ModelRow } from './model-row';

/** Rows per SELECT of `advanced_json`, which has up to 64 KiB. */
const PAGE_SIZE = 100;

const OF_PROVIDER = 'FROM provider_models WHERE account_id = ? AND provider_id = ?';
const SEALED = `SELECT id ${OF_PROVIDER} AND sealed_headers IS NOT NULL LIMIT 1`;
const PAGE = `SELECT id, advanced_json ${OF_PROVIDER} AND id > ? AND advanced_json <> '{}' ORDER BY id LIMIT ${PAGE_SIZE}`;

/** Finds secrets in the `advanced_json` of models, which must not be sent to another host. */
@Injectable()
export class ModelSecretsRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async existInProvider(accountId: AccountId, providerId: string): Promise<boolean> {
    const sealed = await this.unitOfWork.manager.query<{ id: string }[]>(SEALED, [accountId, providerId]);
    return sealed.length > 0 || this.existInPlainText(accountId, providerId);
  }

  /** An older version stored some secrets in plain text. */
  private async existInPlainText(accountId: AccountId, providerId: string): Promise<boolean> {
    for (let after = ''; ;) {
      const rows: Pick<ModelRow, 'id' | 'advanced_json'>[] = await this.unitOfWork.manager.query(PAGE, [
        accountId,
        providerId,
        after,
      ]);
      for (const row of rows) {
        if (hasPlainSecrets(storedObject(row.advanced_json) ?? {})) return true;
        await yieldIfLong();
      }
      if (rows.length < PAGE_SIZE) return false;
      after = rows.at(-1)!.id;
    }
  }
}

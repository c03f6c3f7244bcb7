import type { AccountId } from '../auth/caller';
import { yieldIfLong } from '../common/yield-if-long';
import type { UnitOfWork } from '../database/unit-of-work';

interface Walk {
  readonly columns: string;
  /** Rows of one statement. */
  readonly size: number;
}

/**
 * Reads columns of all models of a provider, batch by batch, in no useful order. Lets other requests run between batches.
 * Follows the unique index of a provider's models, so that each batch continues where the last one ended. COALESCE keeps
 * the planner from the index of the account, which would be sorted for every batch.
 */
export async function* walkModels<Row = unknown>(
  unitOfWork: UnitOfWork,
  accountId: AccountId,
  providerId: string,
  { columns, size }: Walk,
): AsyncGenerator<(Row & { model_key: string })[]> {
  const sql = `SELECT ${columns}, model_key FROM provider_models WHERE COALESCE(account_id, '') = ? AND provider_id = ? AND model_key > ? ORDER BY model_key LIMIT ?`;
  const manager = unitOfWork.managerOf(accountId);
  let after = '';
  for (;;) {
    const rows = await manager.query<(Row & { model_key: string })[]>(sql, [
      accountId,
      providerId,
      after,
      size,
    ]);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    after = rows.at(-1)!.model_key;
    await yieldIfLong();
  }
}

import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import { newId } from '../common/ids';
import { type KeyEvent, KeyEvents } from '../crypto/key-events';
import { AccountsRepository } from './accounts.repository';

/** Records the events of encryption keys in the accounts that they concern. */
@Injectable()
export class AccountKeyEvents extends KeyEvents {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly audit: AuditService,
  ) {
    super();
  }

  override async record(event: KeyEvent, accountId: string | null): Promise<void> {
    const accountIds = accountId === null ? await this.accounts.listIds() : [accountId];
    const tokenName = event.action === 'key.rewrap' ? 'command line' : 'start';
    await this.audit.recordInEach(
      accountIds,
      { tokenId: null, tokenName, traceId: newId() },
      {
        action: event.action,
        resource: { type: 'encryption_key', id: null, name: event.keyId },
        changes: { key: toChange(event) },
      },
    );
  }
}

/** Names keys by their ids. Their bytes are never stored. */
function toChange(event: KeyEvent): { before: string | null; after: string | null } {
  if (event.action === 'key.add') return { before: null, after: event.keyId };
  if (event.action === 'key.retire') return { before: event.keyId, after: null };
  return { before: event.formerKeyId, after: event.keyId };
}

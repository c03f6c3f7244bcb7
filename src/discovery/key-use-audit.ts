import { Injectable } from '@nestjs/common';
import { type AuditedChange, AuditService } from '../audit/audit.service';
import type { Caller } from '../auth/caller';
import { UnitOfWork } from '../database/unit-of-work';
import { UpstreamError } from '../upstream/upstream-error';

/** A call to an upstream that sends a key. */
export type KeyUse = Pick<AuditedChange, 'resource'> & {
  readonly action: 'provider.test' | 'provider.discover' | 'model.test';
  /** Cancels the call when the client has disconnected. */
  readonly signal?: AbortSignal | undefined;
};

/** Records calls that send a key to an upstream, with their result. */
@Injectable()
export class KeyUseAudit {
  constructor(
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** `result` is `ok` or the code of the failure. Records `cancelled` instead if the signal ended the call. */
  async record(caller: Caller, { action, resource, signal }: KeyUse, result: string): Promise<void> {
    const isCancelled = result !== 'ok' && signal?.aborted;
    const changes = { result: { before: null, after: isCancelled ? 'cancelled' : result } };
    await this.unitOfWork.run(
      () => this.audit.record(caller, { action, resource, changes }),
      caller.accountId,
    );
  }

  /** Runs a call and records it. A failure before the upstream was asked is not recorded, because it used no key. */
  async during<T>(caller: Caller, use: KeyUse, call: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await call();
    } catch (error) {
      if (error instanceof UpstreamError) await this.record(caller, use, error.code);
      throw error;
    }
    await this.record(caller, use, 'ok');
    return result;
  }
}

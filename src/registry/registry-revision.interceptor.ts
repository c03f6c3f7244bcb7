import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { mergeMap, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../auth/caller';
import { replyOf, requestOf } from '../http/request-context';
import { type Replayable } from '../http/route/idempotent.decorator';
import { type RegistryUse, registryUse } from '../http/route/registry-use.decorator';
import { revisionHeader } from './revision-header';
import { RevisionTracker } from './revision-tracker';

/** Adds the revision to the response of each registry write, so that a client can require it from any replica. */
@Injectable()
export class RegistryRevisionInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly revisions: RevisionTracker,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const use: RegistryUse | undefined = registryUse(this.reflector, context);
    if (use !== 'write') return next.handle();
    return next.handle().pipe(
      mergeMap(async (body: unknown) => {
        const revision = await this.revisionAfter(context);
        if (revision !== null) replyOf(context).headers(revisionHeader(revision));
        return body;
      }),
    );
  }

  /** Returns the revision of the write, or a later one. Returns null when none is known. */
  private async revisionAfter(context: ExecutionContext): Promise<number | null> {
    const request = requestOf<AuthenticatedRequest & Replayable>(context);
    if (!request.user) return null;
    const { accountId } = request.user;
    // The original write of a replayed response may have run on another replica.
    return request.replayed
      ? this.revisions.read(accountId).catch(() => null)
      : this.revisions.latestKnown(accountId) || null;
  }
}

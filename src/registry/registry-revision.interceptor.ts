import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { mergeMap, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../auth/caller';
import { replyOf, requestOf } from '../http/request-context';
import { type Replayable } from '../http/route/idempotent.decorator';
import { type RegistryUse, registryUse } from '../http/route/registry-use.decorator';
import { revisionHeader } from './revision-header';
import { RevisionTracker } from './revision-tracker';

/** Gives the answer of each registry write its revision, so that the client can ask any replica for no older one. */
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

  /** Of the write itself, or of a later one. Null where none is known: the answer stands without. */
  private async revisionAfter(context: ExecutionContext): Promise<number | null> {
    const request = requestOf<AuthenticatedRequest & Replayable>(context);
    if (!request.user) return null;
    const { accountId } = request.user;
    // A replay wrote nothing here, and its write may be another replica's.
    return request.replayed
      ? this.revisions.read(accountId).catch(() => null)
      : this.revisions.latestKnown(accountId) || null;
  }
}

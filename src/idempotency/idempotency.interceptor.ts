import { type CallHandler, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { requestOf } from '../http/request-context';
import { idempotentStatus, type Replayable } from '../http/route/idempotent.decorator';
import { shownOnce, withoutField } from '../http/route/shown-once.decorator';
import type { AroundWrite } from '../http/route/write.interceptor';
import type { StatusOverride } from '../http/server/fastify-adapter';
import { IdempotencyService } from './idempotency.service';

/** Returns the response of the first request for every POST with the same `Idempotency-Key`. */
@Injectable()
export class IdempotencyInterceptor implements AroundWrite {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: IdempotencyService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const status = idempotentStatus(this.reflector, context);
    const request = requestOf<AuthenticatedRequest & StatusOverride>(context);
    const key = request.headers['idempotency-key'];
    if (status === undefined || key === undefined || !request.user) return next.handle();
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
      const detail = 'Idempotency-Key must be 1 to 255 visible ASCII characters. Send a key such as a UUID.';
      throw new DomainError('malformed', 'request.idempotency_key', detail);
    }
    return from(this.runOnce(request, key, status, next));
  }

  private async runOnce(
    request: AuthenticatedRequest & StatusOverride & Replayable,
    key: string,
    status: number,
    next: CallHandler,
  ): Promise<unknown> {
    const secretField = shownOnce(request);
    const { body, replayed } = await this.idempotency.run(
      {
        owner: request.user!,
        method: request.method,
        path: request.url.split('?', 1)[0]!,
        key,
        body: request.body,
        status,
        toReplayable: (response) => (secretField ? withoutField(response, secretField) : response),
      },
      () => lastValueFrom(next.handle() as Observable<unknown>),
    );
    request.replayed = replayed;
    // A replay lacks the secret that a creation shows, so it must not have the status of a creation.
    if (replayed && secretField) request.statusOverride = 200;
    return body;
  }
}

import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { Observable } from 'rxjs';

/** Injection token of the {@link AroundWrite}s of later layers, the outermost first. */
export const AROUND_WRITES = Symbol('AROUND_WRITES');

export interface AroundWrite {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown>;
}

/**
 * Intercepts writes only. A global interceptor would slow down reads, because Nest builds an rxjs pipeline for every
 * request of a route that has one (measured: see ADR 13).
 */
@Injectable()
export class WriteInterceptor implements NestInterceptor {
  constructor(@Inject(AROUND_WRITES) private readonly around: readonly AroundWrite[]) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handler = this.around.reduceRight<CallHandler>(
      (inner, outer) => ({ handle: () => outer.intercept(context, inner) }),
      next as CallHandler<unknown>,
    );
    return handler.handle() as Observable<unknown>;
  }
}

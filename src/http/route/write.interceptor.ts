import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { Observable } from 'rxjs';

/** Injection token of what goes around every write, the outermost first: {@link AroundWrite}s of later layers. */
export const AROUND_WRITES = Symbol('AROUND_WRITES');

export interface AroundWrite {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown>;
}

/**
 * Where writes alone are intercepted. As global interceptors the same would cost each read, too, several times what
 * the rest of Nest does: Nest builds an rxjs pipeline for every request of a route that has any.
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

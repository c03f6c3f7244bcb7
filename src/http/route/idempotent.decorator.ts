import { applyDecorators, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';

const IDEMPOTENT = 'caret:idempotent';

/** Honours `Idempotency-Key` on a POST that creates or rotates. `status` is that of the first response. */
export const Idempotent = (status: number): MethodDecorator =>
  applyDecorators(
    SetMetadata(IDEMPOTENT, status),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'A unique text for this request. A repeat within 24 hours with the same body gets the first response and changes nothing. An error is repeated for at most 10 minutes.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
  );

/** A request whose response repeats an earlier one. */
export interface Replayable {
  replayed?: boolean;
}

/** Returns the status of the first response, or undefined when the route is not idempotent. */
export function idempotentStatus(reflector: Reflector, context: ExecutionContext): number | undefined {
  return reflector.get<number | undefined>(IDEMPOTENT, context.getHandler());
}
